package dev.foretoken.gateway.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Chat templates of this project against the original engine, see src/models/conformance/templates/README.md. */
class TemplateGoldenTest {
    /** It uses filters that no public chat template does: striptags, urlencode, wordwrap, filesizeformat, xmlattr, pprint. */
    private static final String LEFT_OUT = "rare-filters";

    record Golden(String name, String template, JsonNode variables, JsonNode expected, String now) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Golden> goldens() throws IOException {
        Path file = Path.of(System.getProperty("foretoken.root"), "src/models/conformance/templates", "cases.json");
        JsonNode cases = new ObjectMapper().readTree(file.toFile());
        return each(cases.path("templates"))
                .filter(template -> !template.path("name").asText().equals(LEFT_OUT))
                .flatMap(template -> each(template.path("cases")).map(golden -> golden(cases, template, golden)));
    }

    private static Golden golden(JsonNode cases, JsonNode template, JsonNode golden) {
        boolean named = golden.has("context");
        String label = golden.path(named ? "context" : "label").asText();
        return new Golden(
                template.path("name").asText() + " with " + label,
                template.path("template").asText(),
                named ? cases.path("contexts").path(label) : golden.path("variables"),
                golden,
                cases.path("now").asText());
    }

    private static Stream<JsonNode> each(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void rendersOrRefusesAsTheOriginalEngine(Golden golden) {
        JsonNode output = golden.expected().path("output");
        if (!output.isMissingNode()) {
            assertThat(render(golden)).isEqualTo(output.asText());
            return;
        }
        AbstractThrowableAssert<?, ? extends Throwable> error = assertThatThrownBy(() -> render(golden))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TEMPLATE_FAILED));
        if (golden.expected().path("error").asText().equals("raised")) {
            error.hasMessage(golden.expected().path("message").asText());
        }
    }

    private static String render(Golden golden) {
        ChatTemplateContext context =
                TemplateData.of(golden.variables()).at(golden.now()).context();
        return ChatTemplate.compile(golden.template()).render(context);
    }
}
