package dev.foretoken.e2e.structure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.e2e.server.Checkout;
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

    private static final Path BUILD = Path.of("deploy/images/build");

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
        assertThat(images.stage(image).all("COPY")).contains("--from=build-%s /image /".formatted(image));
        assertThat(SourceTree.lines(BUILD)).contains("cp %s \"$home\"".formatted(OPTIONS));
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

    /** Beside the places of what was unpacked or trained for the image. */
    @Test
    void startJavaWithTheOptionsOfTheLauncher() {
        List<String> image = SourceTree.lines(Path.of(OPTIONS)).stream()
                .filter(line -> line.startsWith("-"))
                .filter(option -> !option.contains("/opt/foretoken/"))
                .toList();
        List<String> launcher = Checkout.javaFlags().stream()
                .filter(flag -> !flag.startsWith("-Dforetoken.home="))
                .toList();
        assertThat(image).containsExactlyElementsOf(launcher).hasSizeGreaterThan(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "cuda"})
    void takeNativeLibrariesWhereTheyWereUnpackedWhenTheImageWasMade(String image) {
        Dockerfile.Stage stage = images.stage(image);
        assertThat(SourceTree.lines(BUILD))
                .contains("home=/image/opt/foretoken", "deploy/images/unpack-natives \"$home/app\" \"$home/natives\"");
        assertThat(SourceTree.lines(Path.of(OPTIONS)))
                .contains("-Dforetoken.native-directory=/opt/foretoken/natives")
                .contains("-Donnxruntime.native.path=/opt/foretoken/natives")
                .contains("-Dorg.sqlite.lib.path=/opt/foretoken/natives")
                .contains("-Dorg.xerial.snappy.lib.path=/opt/foretoken/natives")
                .contains("-DZstdNativePath=/opt/foretoken/natives/libzstd-jni.so");
        assertThat(stage.all("ENV").getFirst()).contains("ENGINE_CACHE_DIR=/opt/foretoken/natives");
    }

    /** A stage copies the whole checkout, where keys may have been made. */
    @Test
    void bringNoSecretsOfThisMachine() {
        assertThat(images.stage("source").all("COPY")).containsExactly(". .");
        assertThat(SourceTree.lines(Path.of("deploy/compose/.gitignore"))).containsExactly("secrets*", ".env");
        assertThat(SourceTree.lines(Path.of(".dockerignore"))).contains("deploy/compose/secrets*", "**/.env");
    }

    @ParameterizedTest
    @ValueSource(strings = {"build", "train", "unpack-natives"})
    void bringTheirScripts(String script) {
        assertThat(Files.isExecutable(SourceTree.root().resolve("deploy/images").resolve(script)))
                .isTrue();
    }

    /** Java takes its cache only from where it was trained, with the options that it was trained with. */
    @ParameterizedTest
    @ValueSource(strings = {"cpu", "cuda"})
    void areTrainedInTheirLastStageWithTheirOwnOptions(String image) {
        assertThat(images.stage(image).all("RUN"))
                .singleElement()
                .asString()
                .startsWith("--mount=type=bind,from=source,source=/src,target=/src ")
                .endsWith(" /src/deploy/images/train /src/src/models/demo/model");
        assertThat(SourceTree.lines(Path.of(OPTIONS))).contains("-XX:AOTCache=/opt/foretoken/server.aot");
        assertThat(String.join("\n", SourceTree.lines(Path.of("deploy/images/train"))))
                .contains(
                        "home=/opt/foretoken\n",
                        "-XX:AOTCacheOutput=$home/server.aot",
                        "-Djava.io.tmpdir=$work",
                        " --port 0 --grpc-port 0 ",
                        "[ \"$seconds\" -lt 300 ] ||",
                        "@$home/java-options");
    }

    /** Both start the same way: only the base, the build and the device differ. */
    @Test
    void buildTheProfileCudaForItsImageAlone() {
        assertThat(images.stage("build-cuda").all("RUN")).containsExactly("deploy/images/build -Pcuda");
        assertThat(images.stage("build-cpu").all("RUN")).containsExactly("deploy/images/build");
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
