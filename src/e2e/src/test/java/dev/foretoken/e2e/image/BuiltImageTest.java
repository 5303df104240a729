package dev.foretoken.e2e.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.e2e.server.Checkout;
import dev.foretoken.e2e.server.Eventually;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The image {@code cpu}, built from this checkout and run as a cluster runs it. */
class BuiltImageTest {

    /** A cluster's pod: nobody's user, nothing to write but memory, nothing in it can be executed, and here no network either. */
    private static final List<String> CONFINED = List.of(
            "--read-only",
            "--tmpfs=/tmp:noexec",
            "--tmpfs=/var/cache/foretoken:noexec,mode=1777",
            "--network=none",
            "--user=10001",
            "--cap-drop=ALL");

    /** Bash, as base images need not have a client of HTTP. */
    private static final String REQUEST = """
            exec 3<>/dev/tcp/127.0.0.1/8080
            body='{"model":"demo","prompt":"Once upon a time","max_tokens":8}'
            printf 'POST /v1/completions HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Type: application/json\\r\\n' >&3
            printf 'Content-Length: %s\\r\\nConnection: close\\r\\n\\r\\n%s' "${#body}" "$body" >&3
            cat <&3
            """;

    private static TestedImage image = new TestedImage(new ContainerEngine("none"), "none");

    @BeforeAll
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    static void build() {
        image = TestedImage.get();
    }

    @Test
    void answersWhereNothingCanBeWrittenAndEndsWhenToldTo() {
        List<String> words = new ArrayList<>(List.of("run", "--detach"));
        words.addAll(CONFINED);
        words.addAll(List.of("--volume", Checkout.root().resolve("src/models/demo/model") + ":/model:ro"));
        words.addAll(List.of(image.name(), "serve", "--model", "demo=/model"));
        String container = image.engine().run(words).lastLine();
        try {
            Eventually.holds("the server is ready", () -> logs(container).contains("\nready "));
            assertThat(image.engine()
                            .run("exec", container, "bash", "-c", REQUEST)
                            .orFail())
                    .contains("HTTP/1.1 200 OK")
                    .contains("\"finish_reason\"");
            image.engine().run("stop", "--time=60", container).orFail();
            assertThat(image.engine()
                            .run("inspect", "--format={{.State.ExitCode}}", container)
                            .lastLine())
                    .as(logs(container))
                    .isIn("0", "143");
        } finally {
            image.engine().run("rm", "--force", container);
        }
    }

    private static String logs(String container) {
        return image.engine().run("logs", container).output();
    }

    @Test
    void startsFromItsCache() {
        assertThat(java("-XX:AOTMode=on").orFail()).contains("foretoken 0.").doesNotContain("[aot");
    }

    /** Another collector, and another size of references. */
    @ParameterizedTest
    @ValueSource(strings = {"-XX:-UseSerialGC -XX:+UseZGC", "-XX:-UseCompressedOops"})
    void startsWithoutItsCacheWhereJavaRefusesIt(String options) {
        assertThat(java((options + " -XX:AOTMode=on").split(" ")).exitCode()).isNotZero();
        assertThat(java(options.split(" ")).orFail()).contains("foretoken 0.");
    }

    /** What Java says that starts with these options beside the image's, for {@code --version}. */
    private static ContainerEngine.Outcome java(String... options) {
        List<String> words = new ArrayList<>(List.of("run", "--rm"));
        words.addAll(CONFINED);
        words.addAll(
                List.of("--entrypoint", "/opt/java/openjdk/bin/java", image.name(), "@/opt/foretoken/java-options"));
        words.addAll(List.of(options));
        words.addAll(List.of("-jar", "/opt/foretoken/app/quarkus-run.jar", "--version"));
        return image.engine().run(words);
    }
}
