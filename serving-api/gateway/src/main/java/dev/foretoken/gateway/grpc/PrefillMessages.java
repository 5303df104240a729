package dev.foretoken.gateway.grpc;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.Repair;
import dev.foretoken.gateway.answer.AnswerPrefill;
import dev.foretoken.gateway.model.PrefillChoice;
import dev.foretoken.wire.v1.GenerateRequest;
import dev.foretoken.wire.v1.Prefill;
import dev.foretoken.wire.v1.PrefillUsage;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads how a prompt is to come into the caches, and writes how it came. */
final class PrefillMessages {

    private PrefillMessages() {}

    static PrefillChoice read(GenerateRequest request) {
        Prefill prefill = request.getPrefill();
        return new PrefillChoice(
                mode(prefill),
                repair(prefill),
                request.getService().hasTtftObjectiveMillis()
                        ? Duration.ofMillis(request.getService().getTtftObjectiveMillis())
                        : null);
    }

    private static @Nullable PrefillMode mode(Prefill prefill) {
        return switch (prefill.getMode()) {
            case MODE_UNSPECIFIED -> null;
            case MODE_EXACT -> PrefillMode.EXACT;
            case MODE_PREDICTED -> PrefillMode.PREDICTED;
            case MODE_AUTO -> PrefillMode.AUTO;
            case UNRECOGNIZED ->
                throw ForetokenException.invalid(
                        "prefill.mode", "prefill.mode " + prefill.getModeValue() + " is unknown");
        };
    }

    private static @Nullable Repair repair(Prefill prefill) {
        return switch (prefill.getRepairByCase()) {
            case REPAIRBY_NOT_SET -> null;
            case WHEN -> when(prefill);
            case TOKENS -> after(prefill.getTokens());
        };
    }

    private static @Nullable Repair when(Prefill prefill) {
        return switch (prefill.getWhen()) {
            case WHEN_UNSPECIFIED -> null;
            case WHEN_SLACK -> Repair.SLACK;
            case WHEN_NEVER -> Repair.NEVER;
            case UNRECOGNIZED ->
                throw ForetokenException.invalid(
                        "prefill.when", "prefill.when " + prefill.getWhenValue() + " is unknown");
        };
    }

    private static Repair after(int tokens) {
        if (tokens < 1) {
            throw ForetokenException.invalid(
                    "prefill.tokens", "prefill.tokens=" + tokens + ", must be at least 1; to repair never, set when");
        }
        return new Repair.After(tokens);
    }

    static PrefillUsage usage(AnswerPrefill prefill) {
        PrefillUsage.Builder message = PrefillUsage.newBuilder()
                .setMode(PrefillChoice.text(prefill.mode()))
                .setPredictedTokens(prefill.predictedTokens())
                .setRepaired(prefill.isRepaired());
        prefill.repairedAt().ifPresent(message::setRepairedAt);
        return message.build();
    }
}
