package dev.foretoken.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.gguf.GgufWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelLocationTest {

    @TempDir
    private Path folder;

    private ModelMount mount(String name) {
        return new ModelMount("m", folder.resolve(name).toString());
    }

    private ModelLocation locations() {
        return new ModelLocation(folder);
    }

    @Test
    void findsGgufFilesAndWhetherTheyHaveAVocabulary() {
        new GgufWriter().put("tokenizer.ggml.model", "gpt2").write(folder.resolve("whole.gguf"));
        new GgufWriter().write(folder.resolve("weights.gguf"));
        assertThat(locations().source(mount("whole.gguf")).location())
                .isEqualTo(folder.resolve("whole.gguf").toUri());
        assertThat(locations().textPath(mount("whole.gguf"))).contains(folder.resolve("whole.gguf"));
        assertThat(locations().textPath(mount("weights.gguf"))).isEmpty();
    }

    @Test
    void findsGraphsAndTheTokenizerBesideThemOrAbove() throws IOException {
        Path onnx = Files.createDirectories(folder.resolve("encoder/onnx"));
        Files.createFile(onnx.resolve("model.onnx"));
        assertThat(locations().source(mount("encoder/onnx/model.onnx")).location())
                .isEqualTo(onnx.resolve("model.onnx").toUri());
        assertThat(locations().textPath(mount("encoder/onnx/model.onnx"))).isEmpty();
        Files.createFile(folder.resolve("encoder/tokenizer.json"));
        assertThat(locations().textPath(mount("encoder/onnx/model.onnx"))).contains(folder.resolve("encoder"));
        Files.createFile(onnx.resolve("tokenizer.json"));
        assertThat(locations().textPath(mount("encoder/onnx/model.onnx"))).contains(onnx);
    }

    @Test
    void findsFoldersAndWhetherTheyHaveATokenizer() throws IOException {
        Files.createFile(Files.createDirectory(folder.resolve("text")).resolve("tokenizer.json"));
        Files.createDirectory(folder.resolve("ids"));
        assertThat(locations().textPath(mount("text"))).contains(folder.resolve("text"));
        assertThat(locations().textPath(mount("ids"))).isEmpty();
        assertThat(locations().textPath(new ModelMount("r", "random:tiny"))).isEmpty();
    }

    @Test
    void findsTheDemoModelsInACheckoutAndWhereTheyAreInstalled() throws IOException {
        Path checkout = Files.createDirectories(folder.resolve("src/models/family/moe"));
        assertThat(locations().source(ModelMount.parse("demo-moe")).location()).isEqualTo(checkout.toUri());
        Path installed = Files.createDirectories(folder.resolve("models/demo-moe"));
        assertThat(locations().source(ModelMount.parse("demo-moe")).location()).isEqualTo(installed.toUri());
    }

    @Test
    void saysWhatIsThereInsteadOfAModel() throws IOException {
        Files.createFile(folder.resolve("notes.txt"));
        assertThatThrownBy(() -> locations().source(mount("notes.txt")))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining("notes.txt' is a file of another kind; give a Hugging Face checkpoint directory");
        assertThatThrownBy(() -> locations().source(mount("none.gguf")))
                .hasMessageContaining("none.gguf' is not there");
    }

    @Test
    void namesAModelAfterItsFile() {
        assertThat(ModelMount.parse("/models/tiny.Q4_K_M.gguf"))
                .isEqualTo(new ModelMount("tiny.Q4_K_M", "/models/tiny.Q4_K_M.gguf"));
    }
}
