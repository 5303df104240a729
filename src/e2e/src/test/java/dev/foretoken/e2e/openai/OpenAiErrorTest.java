package dev.foretoken.e2e.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.completions.CompletionCreateParams;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.InEveryTopology;
import dev.foretoken.e2e.server.Models;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a caller did wrong is said in the exception type, the code and the field. */
@InEveryTopology
class OpenAiErrorTest {

    private final OpenAIClient client;

    OpenAiErrorTest(Deployment server) {
        this.client = OpenAi.client(server.http());
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void anUnknownModelIsNotFound() {
        NotFoundException completion = catchThrowableOfType(
                NotFoundException.class,
                () -> client.completions().create(OpenAi.lines().model("gpt-0").build()));
        assertThat(completion.code()).contains("model_not_found");
        assertThat(completion).hasMessageContaining("gpt-0");
        NotFoundException chat = catchThrowableOfType(
                NotFoundException.class,
                () -> client.chat()
                        .completions()
                        .create(OpenAi.who().model("gpt-0").build()));
        assertThat(chat.code()).contains("model_not_found");
        assertThat(catchThrowableOfType(
                        NotFoundException.class, () -> client.models().retrieve("gpt-0")))
                .isNotNull();
    }

    static Stream<Arguments> badFields() {
        return Stream.of(
                Arguments.of("temperature", 2.5),
                Arguments.of("temperature", "hot"),
                Arguments.of("top_p", 0),
                Arguments.of("top_k", -2),
                Arguments.of("min_p", 1.5),
                Arguments.of("presence_penalty", -2.1),
                Arguments.of("frequency_penalty", 9),
                Arguments.of("repetition_penalty", 0),
                Arguments.of("n", 0),
                Arguments.of("max_tokens", -1),
                Arguments.of("max_tokens", 1.5),
                Arguments.of("logprobs", 21),
                Arguments.of("seed", "seven"),
                Arguments.of("stream", "yes"),
                Arguments.of("stop", List.of("a", 1)),
                Arguments.of("logit_bias", List.of()),
                Arguments.of("suffix", "after"),
                Arguments.of("stream_options", true));
    }

    @ParameterizedTest
    @MethodSource("badFields")
    void aBadValueNamesItsField(String field, Object value) {
        CompletionCreateParams bad = CompletionCreateParams.builder()
                .model(Models.LLAMA)
                .prompt("The quick fox")
                .putAdditionalBodyProperty(field, JsonValue.from(value))
                .build();
        BadRequestException refused = catchThrowableOfType(
                BadRequestException.class, () -> client.completions().create(bad));
        assertThat(refused).as("%s=%s must be refused", field, value).isNotNull();
        assertThat(refused.param().orElse("")).as("field at fault").startsWith(field);
        assertThat(refused).hasMessageContaining(field);
    }

    @Test
    void aPromptBeyondTheContextIsRefusedWithBothNumbers() {
        List<Long> ids = Collections.nCopies(Models.CONTEXT + 88, 5L);
        assertExceeded(OpenAi.lines().promptOfArrayOfTokens(ids).build(), "600");
        assertExceeded(OpenAi.lines().maxTokens(1000).build(), "1000");
    }

    private void assertExceeded(CompletionCreateParams request, String number) {
        BadRequestException refused = catchThrowableOfType(
                BadRequestException.class, () -> client.completions().create(request));
        assertThat(refused.code()).contains("context_length_exceeded");
        assertThat(refused).hasMessageContaining("512").hasMessageContaining(number);
    }

    @Test
    void aStreamThatCannotBeginIsRefusedLikeAnyOtherRequest() {
        BadRequestException refused = catchThrowableOfType(
                BadRequestException.class,
                () -> OpenAi.all(client.completions()
                        .createStreaming(OpenAi.lines().temperature(3.0).build())));
        assertThat(refused.param()).contains("temperature");
    }
}
