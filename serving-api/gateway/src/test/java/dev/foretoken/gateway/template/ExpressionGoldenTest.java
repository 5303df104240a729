package dev.foretoken.gateway.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Small templates, many operations each, with what Python's jinja2 3.1.6 made of them, set up as transformers does:
 * {@code ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)}, loop controls, its tojson.
 */
class ExpressionGoldenTest {
    static Stream<JsonNode> cases() throws IOException {
        JsonNode file = file();
        return StreamSupport.stream(file.path("cases").spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void rendersAsTheOriginalEngine(JsonNode golden) throws IOException {
        TemplateData data = TemplateData.of(file().path("context")).at("2025-03-07T09:05:06");
        assertThat(ChatTemplate.compile(golden.path("template").asText()).render(data.context()))
                .isEqualTo(golden.path("output").asText());
    }

    private static JsonNode file() throws IOException {
        try (InputStream in = ExpressionGoldenTest.class.getResourceAsStream("expressions.json")) {
            return new ObjectMapper().readTree(in);
        }
    }
}
