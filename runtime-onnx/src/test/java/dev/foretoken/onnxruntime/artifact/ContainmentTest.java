package dev.foretoken.onnxruntime.artifact;

import static dev.foretoken.onnxruntime.session.GraphWriter.names;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.onnxruntime.session.GraphWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainmentTest {

    private static final byte[] TWO_FLOATS = new byte[8];

    @TempDir
    Path outside;

    private Path folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectory(outside.resolve("model"));
        Files.write(outside.resolve("secret.data"), TWO_FLOATS);
    }

    private GraphArtifact read(String location) {
        return read(location, false);
    }

    private GraphArtifact read(String location, boolean trusted) {
        Path graph = new GraphWriter()
                .input("x", ElementType.FP32, "n", "2")
                .output("y", ElementType.FP32, "n", "2")
                .external("w", List.of(2L), location)
                .node("Add", names("x", "w"), names("y"))
                .write(folder.resolve("model.onnx"));
        return GraphArtifact.at(graph, trusted);
    }

    private void refuses(String location, String reason) {
        assertThatThrownBy(() -> read(location)).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT);
            assertThat(e).hasMessageContaining(reason);
            assertThat(e.getMessage()).doesNotContain(outside.toString());
        });
    }

    @Test
    void countsTheBytesOfAFileInTheFolder() throws IOException {
        Files.write(folder.resolve("weights.data"), TWO_FLOATS);
        GraphArtifact artifact = read("weights.data");
        assertThat(artifact.bytes()).isEqualTo(Files.size(folder.resolve("model.onnx")) + 8);
    }

    @Test
    void refusesAPathThatClimbsOut() {
        refuses("../secret.data", "has .. in it");
    }

    @Test
    void refusesAnAbsolutePath() {
        assertThatThrownBy(() -> read(outside.resolve("secret.data").toString()))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining("is absolute");
    }

    @Test
    void refusesASymbolicLink() throws IOException {
        Files.createSymbolicLink(folder.resolve("weights.data"), outside.resolve("secret.data"));
        refuses("weights.data", "is a symbolic link");
    }

    @Test
    void refusesAFileInAFolderThatIsASymbolicLink() throws IOException {
        Files.createSymbolicLink(folder.resolve("below"), outside);
        refuses("below/secret.data", "is in a folder that is a symbolic link");
    }

    @Test
    void refusesASecondNameOfAFileThatIsElsewhere() throws IOException {
        Files.createLink(folder.resolve("weights.data"), outside.resolve("secret.data"));
        refuses("weights.data", "2 names (hard links)");
    }

    @Test
    void takesSecondNamesInAFolderThatARegistryMade() throws IOException {
        Files.createLink(folder.resolve("weights.data"), outside.resolve("secret.data"));
        assertThat(read("weights.data", true).bytes()).isGreaterThan(8);
    }

    @Test
    void refusesASymbolicLinkAlsoInAFolderThatARegistryMade() throws IOException {
        Files.createSymbolicLink(folder.resolve("weights.data"), outside.resolve("secret.data"));
        assertThatThrownBy(() -> read("weights.data", true)).hasMessageContaining("symbolic link");
    }

    @Test
    void refusesAFileThatIsNotThere() {
        refuses("weights.data", "which is not there");
    }

    @Test
    void refusesAFileThatIsTooShort() throws IOException {
        Files.write(folder.resolve("weights.data"), new byte[7]);
        refuses("weights.data", "its shape takes 8");
    }

    @Test
    void refusesAGraphThatADescriptionSeeksElsewhere() throws IOException {
        Files.writeString(
                folder.resolve("graph.json"), "{\"format\": \"foretoken.graph.v1\", \"graph\": \"../model.onnx\"}");
        assertThatThrownBy(() -> GraphArtifact.at(folder, false)).hasMessageContaining("has .. in it");
    }
}
