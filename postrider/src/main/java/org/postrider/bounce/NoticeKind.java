package org.postrider.bounce;

import org.jspecify.annotations.Nullable;

/// The notices that there are, with Postfix's default wording of each.
enum NoticeKind {
    FAILURE(
            "Undelivered Mail Returned to Sender",
            "Postmaster Copy: Undelivered Mail",
            "failed",
            "Undelivered Message",
            """
            This is the mail system at host $myhostname.

            I'm sorry to have to inform you that your message could not
            be delivered to one or more recipients. It's attached below.

            For further assistance, please send mail to postmaster.

            If you do so, please include this problem report. You can
            delete your own text from the attached returned message.

                               The mail system
            """),
    DELAY(
            "Delayed Mail (still being retried)",
            "Postmaster Warning: Delayed Mail",
            "delayed",
            "Undelivered Message",
            """
            This is the mail system at host $myhostname.

            ####################################################################
            # THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #
            ####################################################################

            Your message could not be delivered for more than $delay_warning_time_hours hour(s).
            It will be retried until it is $maximal_queue_lifetime_days day(s) old.

            For further assistance, please send mail to postmaster.

            If you do so, please include this problem report. You can
            delete your own text from the attached returned message.

                               The mail system
            """),
    SUCCESS(
            "Successful Mail Delivery Report",
            null,
            "delivered",
            "Message",
            """
            This is the mail system at host $myhostname.

            Your message was successfully delivered to the destination(s)
            listed below. If the message was delivered to mailbox you will
            receive no further notifications. Otherwise you may still receive
            notifications of mail delivery errors from other systems.

                               The mail system
            """),
    VERIFY(
            "Mail Delivery Status Report",
            null,
            "deliverable",
            "Message",
            """
            This is the mail system at host $myhostname.

            Enclosed is the mail delivery report that you requested.

                               The mail system
            """);

    final String subject;
    final @Nullable String postmasterSubject;
    final String action;
    final String description;
    final String text;

    NoticeKind(
            String subject,
            @Nullable String postmasterSubject,
            String action,
            String description,
            String text) {
        this.subject = subject;
        this.postmasterSubject = postmasterSubject;
        this.action = action;
        this.description = description;
        this.text = text;
    }
}
