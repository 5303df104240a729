package dev.foretoken.e2e.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.foretoken.e2e.conformance.Golden;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.InEveryTopology;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.wire.v1.ChatInput;
import dev.foretoken.wire.v1.ChatMessage;
import dev.foretoken.wire.v1.Finish;
import dev.foretoken.wire.v1.GenerateRequest;
import dev.foretoken.wire.v1.GenerateResponse;
import dev.foretoken.wire.v1.Output;
import dev.foretoken.wire.v1.Sampling;
import dev.foretoken.wire.v1.Service;
import dev.foretoken.wire.v1.Stop;
import dev.foretoken.wire.v1.TokenIds;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Answers over gRPC. */
@InEveryTopology
class GenerateTest {

    private static final Golden GOLDEN = Golden.of(Models.LLAMA);
    private static final Golden.Prompt LINES = GOLDEN.ofText(" two  spaces\n\nand lines");
    private static final Stop SIXTEEN = Stop.newBuilder().setMaxTokens(16).build();
    private static final Sampling GREEDY =
            Sampling.newBuilder().setTemperature(0).build();

    private final GrpcClient client;

    GenerateTest(Deployment server) {
        this.client = new GrpcClient(server.grpc());
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void textInTextOut() {
        Answer answer = generate(lines());
        assertThat(answer.text(0)).isEqualTo(LINES.answer().generated());
        assertThat(answer.tokens(0)).isEqualTo(LINES.tokens());
        Finish finish = answer.finish(0);
        assertThat(finish.getReason()).isEqualTo(Finish.Reason.REASON_LENGTH);
        assertThat(finish.getUsage().getPromptTokens()).isEqualTo(LINES.ids().size());
        assertThat(finish.getUsage().getCompletionTokens()).isEqualTo(16);
    }

    @Test
    void tokensInTokensOut() {
        Answer answer = generate(
                lines().setTokens(TokenIds.newBuilder().addAllIds(LINES.ids()).build()));
        assertThat(answer.tokens(0)).isEqualTo(LINES.tokens());
    }

    @Test
    void aChatGoesThroughTheTemplate() {
        Golden.Prompt who = GOLDEN.ofChat("Who is there?");
        Answer answer = generate(lines().setChat(ChatInput.newBuilder()
                .addMessages(ChatMessage.newBuilder().setRole("user").setContent("Who is there?"))));
        assertThat(answer.text(0)).isEqualTo(who.answer().generated());
        assertThat(answer.finish(0).getUsage().getPromptTokens())
                .isEqualTo(who.ids().size());
    }

    @Test
    void logprobsAreThoseOfTheReference() {
        Answer answer =
                generate(lines().setOutput(Output.newBuilder().setTopLogprobs(2).setPromptLogprobs(0)));
        assertThat(answer.logprobs(0)).hasSize(16);
        for (int i = 0; i < 16; i++) {
            assertThat((double) answer.logprobs(0).get(i))
                    .isCloseTo(LINES.logprobs().get(i), offset(1e-3));
        }
        assertThat(answer.promptLogprobs()).hasSize(LINES.promptLogprobs().size());
        for (int i = 0; i < LINES.promptLogprobs().size(); i++) {
            assertThat((double) answer.promptLogprobs().get(i))
                    .isCloseTo(LINES.promptLogprobs().get(i), offset(1e-3));
        }
    }

    @Test
    void aStopStringEndsTheAnswerAndIsNamed() {
        String whole = LINES.answer().generated();
        Answer answer = generate(lines().setStop(SIXTEEN.toBuilder().addStrings("as wa")));
        assertThat(answer.text(0)).isEqualTo(whole.substring(0, whole.indexOf("as wa")));
        assertThat(answer.finish(0).getReason()).isEqualTo(Finish.Reason.REASON_STOP);
        assertThat(answer.finish(0).getMatchedStop()).isEqualTo("as wa");
    }

    @Test
    void choicesAreDrawnFromTheSeed() {
        GenerateRequest.Builder three = lines().setN(3)
                .setSampling(Sampling.newBuilder().setTemperature(1).setSeed(7));
        Answer first = generate(three);
        Answer again = generate(three);
        assertThat(first.tokens(0)).isNotEqualTo(first.tokens(1)).isEqualTo(again.tokens(0));
        assertThat(first.tokens(1)).isNotEqualTo(first.tokens(2)).isEqualTo(again.tokens(1));
        assertThat(first.tokens(2)).isEqualTo(again.tokens(2));
    }

    @Test
    void everyEventNamesTheCallersRequest() {
        Answer answer = generate(lines().setService(Service.newBuilder().setRequestId("order-66")));
        assertThat(answer.events())
                .extracting(GenerateResponse::getRequestId)
                .isNotEmpty()
                .containsOnly("order-66");
    }

    private Answer generate(GenerateRequest.Builder request) {
        return Answer.read(client.inference().generate(request.build()));
    }

    private static GenerateRequest.Builder lines() {
        return GenerateRequest.newBuilder()
                .setModel(Models.LLAMA)
                .setText(LINES.text().orElseThrow())
                .setSampling(GREEDY)
                .setStop(SIXTEEN);
    }
}
