package org.postrider.master;

import java.util.Set;
import org.postrider.config.Families;
import org.postrider.config.Hold;
import org.postrider.config.Honoured;
import org.postrider.master.makers.HoldingAgent;
import org.postrider.master.makers.Makers;

/// A daemon that a line of master.cf may name: what it is, which parameters its services bring with
/// them, and who makes a service of such a line. All of them stand in [Programs].
///
/// @param name the last name of the line's command: `smtpd`
public record Program(String name, Kind kind, Set<Families.Family> brings, Maker maker) {
    /// What a program is.
    public sealed interface Kind {
        /// What is done with the name of such a program, as the list of all names has it.
        Honoured.Verdict verdict();

        /// Takes clients from the network, where its line says.
        record Listener() implements Kind {
            @Override
            public Honoured.Verdict verdict() {
                return new Honoured.Verdict.Honours();
            }
        }

        /// Delivers the mail that is routed to its line's name.
        record Agent() implements Kind {
            @Override
            public Honoured.Verdict verdict() {
                return new Honoured.Verdict.Honours();
            }
        }

        /// Is asked by other services, under its line's name.
        record Inside() implements Kind {
            @Override
            public Honoured.Verdict verdict() {
                return new Honoured.Verdict.Honours();
            }
        }

        /// Has no service of its own: another room does its work, whether its line is there or not.
        record Absorbed() implements Kind {
            @Override
            public Honoured.Verdict verdict() {
                return new Honoured.Verdict.Honours();
            }
        }

        /// Is not built, and no mail passes for it that should not.
        ///
        /// @param why a part of a sentence
        record Idle(String why) implements Kind {
            @Override
            public Honoured.Verdict verdict() {
                return new Honoured.Verdict.Harmless(why);
            }
        }

        /// Is not built: mail waits, or no client is listened to.
        record NotBuilt(Hold hold) implements Kind {
            @Override
            public Honoured.Verdict verdict() {
                return new Honoured.Verdict.Holding(hold, "", Set.of());
            }
        }

        /// Is no daemon of Postfix's; it is in no list.
        record Unknown() implements Kind {
            @Override
            public Honoured.Verdict verdict() {
                throw new IllegalStateException("a program that is in no list");
            }
        }
    }

    public Program {
        brings = Set.copyOf(brings);
    }

    static Program listener(String name, Maker maker) {
        return new Program(name, new Kind.Listener(), Set.of(), maker);
    }

    /// One that delivers mail.
    public static Program agent(String name, Maker maker) {
        return new Program(name, new Kind.Agent(), Set.of(), maker);
    }

    static Program inside(String name, Maker maker) {
        return new Program(name, new Kind.Inside(), Set.of(), maker);
    }

    static Program absorbed(String name) {
        return new Program(name, new Kind.Absorbed(), Set.of(), Makers::nothing);
    }

    static Program idle(String name, String why) {
        return new Program(name, new Kind.Idle(why), Set.of(), Makers::nothing);
    }

    static Program notBuilt(String name, Hold hold) {
        return new Program(name, new Kind.NotBuilt(hold), Set.of(), HoldingAgent::of);
    }

    static Program unknown(String name) {
        return new Program(name, new Kind.Unknown(), Set.of(), Makers::nothing);
    }

    /// This program, whose services bring these families of parameters.
    public Program bringing(Families.Family... families) {
        return new Program(name, kind, Set.of(families), maker);
    }

    /// What is done with this name, as the list of all names has it.
    Honoured.Verdict verdict() {
        return kind.verdict();
    }
}
