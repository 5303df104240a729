package dev.foretoken.e2e.openai;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.CompletionCreateParams;
import dev.foretoken.e2e.conformance.Golden;
import dev.foretoken.e2e.server.Models;
import java.net.URI;
import java.util.List;

/** Makes clients of {@code openai-java} and the requests that the tests start from. */
final class OpenAi {

    /** A prompt whose greedy answer has no end token: 16 tokens. */
    static final Golden.Prompt LINES = Golden.of(Models.LLAMA).ofText(" two  spaces\n\nand lines");
    /** A prompt whose greedy answer ends at an end token. */
    static final Golden.Prompt FOX = Golden.of(Models.LLAMA).ofText("The quick fox");
    /** A chat. */
    static final Golden.Prompt WHO = Golden.of(Models.LLAMA).ofChat("Who is there?");

    static final ChatCompletionStreamOptions WITH_USAGE =
            ChatCompletionStreamOptions.builder().includeUsage(true).build();

    private OpenAi() {}

    static OpenAIClient client(URI server) {
        return client(server, "any key will do");
    }

    static OpenAIClient client(URI server, String key) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(server.resolve("/v1").toString())
                .apiKey(key)
                .maxRetries(0)
                .build();
    }

    /** The greedy answer to {@link #LINES}. */
    static CompletionCreateParams.Builder lines() {
        return CompletionCreateParams.builder()
                .model(Models.LLAMA)
                .prompt(LINES.text().orElseThrow())
                .temperature(0.0)
                .maxTokens(16);
    }

    /** The greedy answer to {@link #WHO}. */
    static ChatCompletionCreateParams.Builder who() {
        return ChatCompletionCreateParams.builder()
                .model(Models.LLAMA)
                .addUserMessage("Who is there?")
                .temperature(0.0)
                .maxCompletionTokens(16);
    }

    /** Reads a stream to its end. */
    static <T> List<T> all(StreamResponse<T> response) {
        try (response) {
            return response.stream().toList();
        }
    }
}
