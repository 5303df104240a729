package dev.foretoken.gateway.answer;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.PrefillOptions;
import dev.foretoken.contract.request.Repair;
import dev.foretoken.gateway.model.PrefillChoice;
import dev.foretoken.gateway.model.ServedModel;
import java.time.Duration;
import java.util.Optional;

/**
 * How the prompt comes into the caches: what the request says, else what the model's default says, else exactly. What a request asks for by
 * name is given or refused; a default gives way where it cannot be had.
 */
final class PrefillCheck {

    private final AnswerLimits limits;

    PrefillCheck(AnswerLimits limits) {
        this.limits = limits;
    }

    PrefillOptions options(PrefillChoice asked, ServedModel model, OutputOptions output) {
        PrefillMode named = asked.mode();
        if (named != null) {
            requireOffered(named, model);
            if (named == PrefillMode.PREDICTED && output.wantsPromptLogprobs()) {
                throw new ForetokenException(
                                ErrorCode.UNSUPPORTED_FEATURE,
                                "a predicted prompt has no log-probabilities; leave out prefill_mode=predicted, or"
                                        + " prompt_logprobs (and echo with logprobs)")
                        .withParam("prefill_mode");
            }
        }
        Repair repair = asked.or(model.prefill()).repair();
        return new PrefillOptions(
                named == null ? byDefault(model, output) : named, repair == null ? Repair.SLACK : repair);
    }

    /** {@code exact} can always be had. */
    private static PrefillMode byDefault(ServedModel model, OutputOptions output) {
        PrefillMode mode = model.prefill().mode();
        boolean possible =
                mode != null && canPredict(model) && model.adapter().isEmpty() && !output.wantsPromptLogprobs();
        return possible && mode != null ? mode : PrefillMode.EXACT;
    }

    /** Whoever knows a model's sizes knows this, too, also of one that is loaded for this request. */
    private static boolean canPredict(ServedModel model) {
        return model.prefillModes().contains(PrefillMode.PREDICTED);
    }

    /** Whoever leaves the choice to the engine gets what there is. */
    private static void requireOffered(PrefillMode mode, ServedModel model) {
        if (mode == PrefillMode.PREDICTED && !canPredict(model)) {
            throw new ForetokenException(
                            ErrorCode.UNSUPPORTED_FEATURE,
                            "model '" + model.publicName() + "' does not offer prefill_mode="
                                    + PrefillChoice.text(mode)
                                    + ", since it has no predictor; leave it out, or ask another model (/v1/models tells"
                                    + " prefill_modes)")
                    .withParam("prefill_mode");
        }
    }

    Optional<Duration> objective(PrefillChoice asked, ServedModel model) {
        Duration own = asked.ttftObjective();
        if (own == null) {
            return Optional.ofNullable(model.prefill().ttftObjective());
        }
        if (own.isNegative() || own.isZero() || own.compareTo(limits.maxTimeout()) > 0) {
            throw FieldCheck.outside(
                    "ttft_objective_ms",
                    Long.toString(own.toMillis()),
                    "in [1, " + limits.maxTimeout().toMillis() + "]");
        }
        return Optional.of(own);
    }
}
