package org.postrider.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import org.junit.jupiter.api.Test;

class ClientStepTest {
    @Test
    void everyStageHasAStepForEveryCode() {
        for (ClientStage stage : ClientStage.values()) {
            for (int code = 0; code < 1000; code++) {
                for (boolean accepted : new boolean[] {false, true}) {
                    assertNotNull(ClientStep.of(stage, code, accepted));
                }
            }
        }
    }

    /// XFORWARD only tells: whoever does not take it gets the mail all the same.
    @Test
    void onlyA2xxGoesOnExceptAtDataAndBehindXforward() {
        for (ClientStage stage : ClientStage.values()) {
            boolean tells =
                    stage == ClientStage.XFORWARD_CLIENT || stage == ClientStage.XFORWARD_MAIL;
            for (int code = 0; code < 1000; code++) {
                boolean wanted = tells || code / 100 == (stage == ClientStage.DATA ? 3 : 2);
                assertEquals(
                        wanted,
                        ClientStep.of(stage, code, true) == ClientStep.GO_ON,
                        stage + " " + code);
            }
        }
    }

    @Test
    void withoutARecipientNothingIsEverSent() {
        for (int code = 0; code < 1000; code++) {
            ClientStep step = ClientStep.of(ClientStage.DATA, code, false);
            assertEquals(
                    code / 100 == 3 ? ClientStep.END_EMPTY : ClientStep.GIVE_UP,
                    step,
                    String.valueOf(code));
        }
    }
}
