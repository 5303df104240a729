package dev.foretoken.gateway.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.gateway.fake.Graphs;
import dev.foretoken.gateway.model.ModelCatalog;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ModelVersionsTest {

    private final ModelCatalog catalog = new ModelCatalog();
    private final ModelVersions versions = new ModelVersions(catalog);

    private void serve(String name) {
        catalog.put(Graphs.echo(name).served(Optional.empty()));
    }

    @Test
    void aModelWithoutVersionsHasTheFirst() {
        serve("toy");
        assertThat(versions.of("toy")).containsExactly("1");
        assertThat(versions.require("toy", "1").name()).isEqualTo("toy");
        assertThatThrownBy(() -> versions.require("toy", "2")).hasMessageContaining("versions: [1]");
    }

    @Test
    void versionsOfTheRegistryAreThoseOfTheProtocol() {
        serve("toy");
        serve("toy@2");
        serve("toy@3");
        serve("toy@3/q4");
        serve("toys@9");
        assertThat(versions.of("toy")).containsExactly("2", "3");
        assertThat(versions.require("toy", "3").name()).isEqualTo("toy@3");
        assertThat(versions.require("toy", "").name()).isEqualTo("toy");
        assertThat(versions.answering("toy", "")).isEqualTo("3");
        assertThatThrownBy(() -> versions.require("toy", "1")).hasMessageContaining("versions: [2, 3]");
    }
}
