package dev.foretoken.gateway.remote;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.ModelOptions;
import dev.foretoken.contract.request.Repair;
import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.request.StopConditions;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.wire.pod.v1.Options;
import dev.foretoken.wire.pod.v1.Output;
import dev.foretoken.wire.pod.v1.Resumed;
import dev.foretoken.wire.pod.v1.Sampling;
import dev.foretoken.wire.pod.v1.Service;
import dev.foretoken.wire.pod.v1.Stop;
import dev.foretoken.wire.pod.v1.Submission;
import dev.foretoken.wire.server.ListeningServer;
import java.util.List;

/** From the contract's request to a pod's message. */
final class SubmissionEncoder {

    /** What pods take, with room for what is around it: their refusal of more would be that of the connection, as of a pod that is away. */
    private static final int MOST_BYTES = ListeningServer.POD_MESSAGE_BYTES - 1024;

    private SubmissionEncoder() {}

    static Submission encode(GenerationRequest request) {
        if (!request.prompt().embeddings().isEmpty()) {
            throw new ForetokenException(
                    ErrorCode.UNSUPPORTED_FEATURE, "prompts with embeddings are served by the process that made them");
        }
        Submission submission = Submission.newBuilder()
                .setRequestId(request.identity().requestId())
                .setTenant(request.identity().tenant())
                .setCacheSalt(request.identity().cacheSalt())
                .setTraceparent(request.identity().trace().text())
                .setModel(request.model())
                .addAllPrompt(ids(request.prompt().tokens()))
                .setChoices(request.choices())
                .setSampling(sampling(request.sampling()))
                .setStop(stop(request.stop()))
                .setOutput(Output.newBuilder()
                        .setTopLogprobs(request.output().topLogprobs())
                        .setPromptLogprobs(request.output().promptLogprobs())
                        .setHiddenStates(request.output().hiddenStates()))
                .setService(service(request.service()))
                .setOptions(options(request.options()))
                .addAllResumed(resumed(request.resumed()))
                .setResumedNumericsId(request.resumed().numericsId())
                .build();
        int bytes = submission.getSerializedSize();
        if (bytes > MOST_BYTES) {
            throw new ForetokenException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "the request takes " + bytes + " bytes on the way to a runtime pod, at most " + MOST_BYTES
                            + " can be sent; shorten the prompt, the constraint or the bias");
        }
        return submission;
    }

    private static List<Resumed> resumed(dev.foretoken.contract.request.Resumed resumed) {
        return resumed.choices().stream()
                .map(choice -> Resumed.newBuilder()
                        .addAllTokens(ids(choice.tokens()))
                        .setEnded(choice.ended())
                        .build())
                .toList();
    }

    private static Sampling sampling(SamplingParams params) {
        Sampling.Builder message = Sampling.newBuilder()
                .setTemperature(params.temperature())
                .setTopK(params.topK())
                .setTopP(params.topP())
                .setMinP(params.minP())
                .setPresencePenalty(params.penalties().presence())
                .setFrequencyPenalty(params.penalties().frequency())
                .setRepetitionPenalty(params.penalties().repetition())
                .addAllBiasTokens(ids(params.bias().ids()))
                .setSeed(params.seed());
        for (float value : params.bias().values()) {
            message.addBiasValues(value);
        }
        return message.build();
    }

    private static Stop stop(StopConditions stop) {
        return Stop.newBuilder()
                .setMaxTokens(stop.maxTokens())
                .setMinTokens(stop.minTokens())
                .addAllStopTokens(ids(stop.stopTokens()))
                .build();
    }

    static Service service(ServiceLevel level) {
        Service.Builder message =
                Service.newBuilder().setPriority(level.priority().ordinal()).setWeight(level.weight());
        level.timeout().ifPresent(time -> message.setTimeoutNanos(time.toNanos()));
        level.ttftObjective().ifPresent(time -> message.setTtftObjectiveNanos(time.toNanos()));
        return message.build();
    }

    private static Options options(ModelOptions options) {
        Options.Builder message =
                Options.newBuilder().setPrefillMode(options.prefill().mode().ordinal());
        repair(options.prefill().repair(), message);
        options.constraint()
                .ifPresent(constraint ->
                        message.setConstraintKind(constraint.kind().name()).setConstraintSource(constraint.source()));
        options.adapter().ifPresent(message::setAdapter);
        return message.build();
    }

    private static void repair(Repair repair, Options.Builder message) {
        switch (repair) {
            case Repair.Slack slack -> {}
            case Repair.Never never -> message.setRepairBy(0);
            case Repair.After after -> message.setRepairBy(after.tokens());
        }
    }

    private static List<Integer> ids(TokenIds tokens) {
        return tokens.stream().boxed().toList();
    }
}
