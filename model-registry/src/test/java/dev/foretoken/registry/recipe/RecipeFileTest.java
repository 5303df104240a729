package dev.foretoken.registry.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RecipeFileTest {

    private static final String GOOD =
            "{\"foretoken_recipe\": 1, \"base\": \"../base\", \"weights\": \"made.safetensors\", \"operations\": [{\"op\": \"drop\"}]}";

    @TempDir
    private Path folder;

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private void refuses(String text, String... said) throws IOException {
        Path path = write("bad.json", text);
        assertThatThrownBy(() -> RecipeFile.read(path)).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT);
            assertThat(e.getMessage()).contains(said);
        });
    }

    @Test
    void readsARecipeByItsFileAndByItsFolder() throws IOException {
        Path path = write(RecipeFile.NAME, GOOD);
        for (Path given : new Path[] {path, folder}) {
            assertThat(RecipeFile.isAt(given)).isTrue();
            RecipeFile recipe = RecipeFile.read(given);
            assertThat(recipe.basePath()).hasValue(folder.resolveSibling("base"));
            assertThat(recipe.weightsPath()).hasValue(folder.resolve("made.safetensors"));
            assertThat(recipe.operations()).hasSize(1);
        }
    }

    @Test
    void aFolderWithoutARecipeIsNone() throws IOException {
        write("config.json", "{}");
        assertThat(RecipeFile.isAt(folder)).isFalse();
        assertThat(RecipeFile.checkpointOf(folder)).hasValue(folder);
    }

    @Test
    void refusesWhatIsNoRecipe() throws IOException {
        refuses("{\"model_type\": \"llama\"}", "is no recipe");
        refuses("[1]", "is no recipe");
        refuses("{", "not valid JSON");
        refuses(GOOD.replace("1,", "2,"), "foretoken_recipe=2, must be 1");
        refuses(GOOD.replace("{\"op\"", "{\"op\": \"x\", \"op\""), "not valid JSON");
    }

    @Test
    void refusesUnknownMissingAndWrongFields() throws IOException {
        refuses(GOOD.replace("weights", "weight"), "has a field \"weight\"");
        refuses(GOOD.replace("\"base\": \"../base\", ", ""), "has no field \"base\"");
        refuses(GOOD.replace("[{\"op\": \"drop\"}]", "[]"), "operations=[], must be a list of 1 to 256");
        refuses(GOOD.replace("{\"op\": \"drop\"}", "7"), "must be a list of objects");
    }

    @Test
    void refusesPathsThatCannotMoveWithTheRecipe() throws IOException {
        refuses(GOOD.replace("../base", "/models/base"), "base=/models/base");
        for (String name : new String[] {"../made.safetensors", ".made.safetensors", "made.bin"}) {
            refuses(GOOD.replace("made.safetensors", name), "weights=" + name);
        }
    }

    @Test
    void followsRecipesToTheirCheckpointAndRefusesCircles() throws IOException {
        Path first = write("first.json", GOOD.replace("../base", "model"));
        Path second = write("second.json", GOOD.replace("../base", "first.json"));
        assertThat(RecipeFile.checkpointOf(second)).hasValue(folder.resolve("model"));
        Files.writeString(first, GOOD.replace("../base", "second.json"));
        assertThatThrownBy(() -> RecipeFile.checkpointOf(second)).hasMessageContaining("at most 8");
    }

    @Test
    void randomWeightsHaveNoPath() throws IOException {
        Path path = write("random.json", GOOD.replace("../base", "random:tiny"));
        assertThat(RecipeFile.checkpointOf(path)).isEmpty();
    }
}
