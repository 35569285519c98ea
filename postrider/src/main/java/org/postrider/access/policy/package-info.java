/// access.policy — check_policy_service: a server outside decides (SMTPD_POLICY_README). What it is
/// told, how it is asked, and what an answer comes to: an action of access tables.
///
/// - Fed by policy servers, whose answers are bounded in size and time, and by main.cf.
/// - Threads: a [org.postrider.access.policy.CheckPolicyService] is immutable; a connection is one
///   session's at a time, or waits in [org.postrider.access.PolicyServices].
/// - One that does not answer stands for smtpd_policy_service_default_action, never for `OK`.
@NullMarked
package org.postrider.access.policy;

import org.jspecify.annotations.NullMarked;
