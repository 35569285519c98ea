package org.postrider.smtpd.session;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.NewPrimitiveArrayInstruction;
import java.lang.classfile.instruction.NewReferenceArrayInstruction;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A mail or a session may end for want of memory: what it took of budgets is given back before
/// anything is asked of the heap, or it would be lost to all who come after.
class GivingBackTest {
    private static List<Instruction> code(Class<?> of, String method) throws IOException {
        try (InputStream in = of.getResourceAsStream(of.getSimpleName() + ".class")) {
            CodeModel code =
                    ClassFile.of()
                            .parse(Objects.requireNonNull(in).readAllBytes())
                            .methods()
                            .stream()
                            .filter(m -> m.methodName().equalsString(method))
                            .findFirst()
                            .orElseThrow(() -> new AssertionError(of + " has no " + method))
                            .code()
                            .orElseThrow();
            List<Instruction> out = new ArrayList<>();
            code.forEach(e -> {
                if (e instanceof Instruction i) {
                    out.add(i);
                }
            });
            return out;
        }
    }

    private static boolean allocates(Instruction i) {
        return switch (i) {
            case NewObjectInstruction _,
                    NewReferenceArrayInstruction _,
                    NewPrimitiveArrayInstruction _,
                    InvokeDynamicInstruction _ ->
                    true;
            // Makes the state that follows.
            case InvokeInstruction call -> call.name().equalsString("between");
            default -> false;
        };
    }

    @ParameterizedTest
    @CsvSource({
        "Mail, close, giveMemory",
        "Mail, giveMemory, close",
        "Mail, giveCharges, close",
        "Session, abandon, close",
        "Session, over, abandon",
        "Session, over, disconnected",
        "Session, disconnected, disconnected"
    })
    void itComesBeforeAnythingIsMade(String type, String method, String gives) throws IOException {
        boolean given = false;
        for (Instruction i : code(type.equals("Mail") ? Mail.class : Session.class, method)) {
            given |= i instanceof InvokeInstruction call && call.name().equalsString(gives);
            assertTrue(given || !allocates(i), type + "." + method + " makes something first");
        }
        assertTrue(given, type + "." + method + " does not call " + gives);
    }
}
