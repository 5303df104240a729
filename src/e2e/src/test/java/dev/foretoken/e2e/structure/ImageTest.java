package dev.foretoken.e2e.structure;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images are made of what is here and of base images that whoever builds them chooses, and run as nobody. */
class ImageTest {

    private static final Path FILE = Path.of("deploy/images/Dockerfile");

    private static final String OPTIONS = "deploy/images/java-options";

    private final Dockerfile images = Dockerfile.parse(SourceTree.lines(FILE));

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "cuda"})
    void runAsAUserThatIsNotRoot(String image) {
        List<String> users = images.stage(image).all("USER");
        assertThat(users).hasSize(1);
        assertThat(users.getFirst()).matches("[1-9]\\d{3,}:[1-9]\\d{3,}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "cuda"})
    void startJavaItselfSoThatSignalsReachIt(String image) {
        assertThat(images.stage(image).all("ENTRYPOINT"))
                .singleElement()
                .asString()
                .isEqualTo(
                        "[\"/opt/java/openjdk/bin/java\", \"@/opt/foretoken/java-options\", \"-jar\", \"/opt/foretoken/app/quarkus-run.jar\"]");
        assertThat(images.stage(image).all("COPY")).contains(OPTIONS + " /opt/foretoken/java-options");
    }

    @Test
    void startWithOptionsThatThisJavaTakes() throws Exception {
        Process java = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "@" + SourceTree.root().resolve(OPTIONS),
                        "--version")
                .redirectErrorStream(true)
                .start();
        String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(java.waitFor()).as(said).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "cuda"})
    void takeNativeLibrariesWhereTheyWereUnpackedWhenTheImageWasMade(String image) {
        Dockerfile.Stage stage = images.stage(image);
        String build = "build-" + image;
        assertThat(images.stage(build).all("RUN"))
                .anyMatch(run -> run.contains("deploy/images/unpack-natives ") && run.endsWith(" /natives"));
        assertThat(stage.all("COPY")).contains("--from=%s /natives /opt/foretoken/natives".formatted(build));
        assertThat(SourceTree.lines(Path.of(OPTIONS)))
                .contains("-Dforetoken.native-directory=/opt/foretoken/natives")
                .contains("-Donnxruntime.native.path=/opt/foretoken/natives")
                .contains("-Dorg.sqlite.lib.path=/opt/foretoken/natives");
        assertThat(stage.all("ENV").getFirst()).contains("ENGINE_CACHE_DIR=/opt/foretoken/natives");
        assertThat(Files.isExecutable(SourceTree.root().resolve("deploy/images/unpack-natives")))
                .isTrue();
    }

    /** Both start the same way: only the base, the build and the device differ. */
    @Test
    void buildTheProfileCudaForItsImageAlone() {
        assertThat(images.stage("build-cuda").all("RUN")).anyMatch(run -> run.contains(" -Pcuda "));
        assertThat(images.stage("build-cpu").all("RUN")).noneMatch(run -> run.contains("-P"));
        assertThat(images.stage("cpu").copiedFrom()).containsExactly("build-cpu");
        assertThat(images.stage("cuda").copiedFrom()).containsExactlyInAnyOrder("runtime", "build-cuda");
        assertThat(images.stage("cuda").all("ENTRYPOINT"))
                .isEqualTo(images.stage("cpu").all("ENTRYPOINT"));
    }

    @Test
    void startFromImagesThatAreArgumentsOfOneVersion() {
        List<String> names =
                images.stages().stream().map(Dockerfile.Stage::name).toList();
        for (Dockerfile.Stage stage : images.stages()) {
            if (!names.contains(stage.base())) {
                assertThat(stage.base()).matches("\\$\\{[A-Z_]+}");
                String image = images.arguments()
                        .get(stage.base().substring(2, stage.base().length() - 1));
                assertThat(image).as(stage.base()).matches("[a-z/-]+:\\d[a-z0-9.-]+");
            }
        }
    }

    @Test
    void fetchNothingAndLeaveHealthToWhatRunsThem() {
        for (Dockerfile.Stage stage : images.stages()) {
            assertThat(stage.all("ADD")).isEmpty();
            assertThat(stage.all("HEALTHCHECK")).isEmpty();
            assertThat(stage.all("RUN"))
                    .noneMatch(run -> run.toLowerCase(Locale.ROOT).matches(".*(curl|wget|https?:).*"));
        }
    }
}
