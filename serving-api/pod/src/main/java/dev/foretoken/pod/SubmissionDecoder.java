package dev.foretoken.pod;

import dev.foretoken.contract.request.ConstraintSpec;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.LogitBias;
import dev.foretoken.contract.request.ModelOptions;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.Penalties;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.PrefillOptions;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.Repair;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.request.Resumed;
import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.request.StopConditions;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.request.TraceParent;
import dev.foretoken.wire.pod.v1.Options;
import dev.foretoken.wire.pod.v1.Output;
import dev.foretoken.wire.pod.v1.Sampling;
import dev.foretoken.wire.pod.v1.Service;
import dev.foretoken.wire.pod.v1.Stop;
import dev.foretoken.wire.pod.v1.Submission;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** From a gateway's message to the contract's request. Values out of range are {@link IllegalArgumentException}s. */
final class SubmissionDecoder {

    private SubmissionDecoder() {}

    static GenerationRequest decode(Submission message) {
        return new GenerationRequest(
                new RequestIdentity(message.getRequestId(), message.getTenant(), message.getCacheSalt())
                        .within(TraceParent.parse(message.getTraceparent())),
                message.getModel(),
                Prompt.of(ids(message.getPromptList())),
                message.getChoices(),
                sampling(message.getSampling()),
                stop(message.getStop()),
                output(message.getOutput()),
                service(message.getService()),
                options(message.getOptions()),
                resumed(message));
    }

    private static Resumed resumed(Submission message) {
        return new Resumed(
                message.getResumedList().stream()
                        .map(choice -> new Resumed.Choice(ids(choice.getTokensList()), choice.getEnded()))
                        .toList(),
                message.getResumedNumericsId());
    }

    private static SamplingParams sampling(Sampling message) {
        Penalties penalties = new Penalties(
                message.getPresencePenalty(), message.getFrequencyPenalty(), message.getRepetitionPenalty());
        float[] values = new float[message.getBiasValuesCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = message.getBiasValues(i);
        }
        return new SamplingParams(
                message.getTemperature(),
                message.getTopK(),
                message.getTopP(),
                message.getMinP(),
                penalties,
                new LogitBias(ids(message.getBiasTokensList()), values),
                message.getSeed());
    }

    private static StopConditions stop(Stop message) {
        return new StopConditions(message.getMaxTokens(), message.getMinTokens(), ids(message.getStopTokensList()));
    }

    private static OutputOptions output(Output message) {
        return new OutputOptions(message.getTopLogprobs(), message.getPromptLogprobs(), message.getHiddenStates());
    }

    static ServiceLevel service(Service message) {
        return new ServiceLevel(
                constant(Priority.values(), message.getPriority(), "priority"),
                message.hasTimeoutNanos() ? Optional.of(Duration.ofNanos(message.getTimeoutNanos())) : Optional.empty(),
                message.hasTtftObjectiveNanos()
                        ? Optional.of(Duration.ofNanos(message.getTtftObjectiveNanos()))
                        : Optional.empty(),
                message.hasWeight() ? message.getWeight() : ServiceLevel.DEFAULT_WEIGHT);
    }

    private static ModelOptions options(Options message) {
        PrefillOptions prefill = new PrefillOptions(
                constant(PrefillMode.values(), message.getPrefillMode(), "prefill mode"), repair(message));
        Optional<ConstraintSpec> constraint = message.hasConstraintKind()
                ? Optional.of(new ConstraintSpec(
                        ConstraintSpec.Kind.valueOf(message.getConstraintKind()), message.getConstraintSource()))
                : Optional.empty();
        return new ModelOptions(
                prefill, constraint, message.hasAdapter() ? Optional.of(message.getAdapter()) : Optional.empty());
    }

    private static Repair repair(Options message) {
        if (!message.hasRepairBy()) {
            return Repair.SLACK;
        }
        return message.getRepairBy() == 0 ? Repair.NEVER : new Repair.After(message.getRepairBy());
    }

    static <T> T constant(T[] constants, int ordinal, String what) {
        if (ordinal < 0 || ordinal >= constants.length) {
            throw new IllegalArgumentException(what + " " + ordinal + " is unknown, must be below " + constants.length);
        }
        return constants[ordinal];
    }

    private static TokenIds ids(List<Integer> list) {
        return TokenIds.of(list.stream().mapToInt(Integer::intValue).toArray());
    }
}
