package dev.foretoken.gateway.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.fake.Models;
import dev.foretoken.gateway.model.ChatRenderer.ChatInput;
import dev.foretoken.gateway.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointChatTest {

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-02-03T04:05:06Z"));

    @TempDir
    Path directory;

    private Optional<ChatRenderer> chat(Map<String, String> files) throws IOException {
        Files.copy(Models.byteLevelDirectory().resolve("tokenizer.json"), directory.resolve("tokenizer.json"));
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path path = directory.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
        try (Tokenizer tokenizer = Tokenizer.load(directory)) {
            return CheckpointChat.of(tokenizer, CLOCK, ZoneId.of("UTC"));
        }
    }

    private static ChatInput input(List<Map<String, Object>> tools) {
        return new ChatInput(List.of(Map.of("role", "user", "content", "Hi")), tools, true, Map.of());
    }

    @Test
    void rendersTheCheckpointsTemplateWithItsClock() throws Exception {
        String template = "{{ strftime_now('%Y') }} {{ messages[0].content }}{% if tools %} tools{% endif %}";
        ChatRenderer chat = chat(Map.of("chat_template.jinja", template)).orElseThrow();
        assertThat(chat.render(input(List.of()))).isEqualTo("2026 Hi");
        assertThat(chat.render(input(List.of(Map.of("type", "function"))))).isEqualTo("2026 Hi tools");
    }

    @Test
    void usesTheToolTemplateForRequestsWithTools() throws Exception {
        ChatRenderer chat = chat(Map.of(
                        "chat_template.jinja", "plain", "additional_chat_templates/tool_use.jinja", "tool"))
                .orElseThrow();
        assertThat(chat.render(input(List.of()))).isEqualTo("plain");
        assertThat(chat.render(input(List.of(Map.of("type", "function"))))).isEqualTo("tool");
    }

    @Test
    void isEmptyWithoutTemplate() throws Exception {
        assertThat(chat(Map.of())).isEmpty();
    }

    @Test
    void failsTheRequestAndNotTheModelWhenTheTemplateDoesNotCompile() throws Exception {
        ChatRenderer chat = chat(Map.of("chat_template.jinja", "{% if %}")).orElseThrow();
        assertThatThrownBy(() -> chat.render(input(List.of())))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TEMPLATE_FAILED));
    }
}
