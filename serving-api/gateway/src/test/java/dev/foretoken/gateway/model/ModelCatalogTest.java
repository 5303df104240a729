package dev.foretoken.gateway.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.engine.AdapterInfo;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.gateway.fake.Models;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ModelCatalogTest {

    private final FakeEngine engine = new FakeEngine("m:7b", 10);
    private final ModelCatalog catalog = new ModelCatalog();

    ModelCatalogTest() {
        catalog.put(Models.tokensOnly("m:7b", engine));
    }

    @Test
    void findsAModelWhoseNameHasAColonAndItsAdapters() {
        engine.withAdapters(new AdapterInfo("sql", 4, 1, Instant.EPOCH));
        assertThat(catalog.require("m:7b").adapter()).isEmpty();
        ServedModel adapted = catalog.require("m:7b:sql");
        assertThat(adapted.adapter()).isEqualTo(Optional.of("sql"));
        assertThat(adapted.name()).isEqualTo("m:7b");
        assertThat(adapted.publicName()).isEqualTo("m:7b:sql");
    }

    @Test
    void namesTheAdaptersThatThereAre() {
        assertThatThrownBy(() -> catalog.require("m:7b:sql"))
                .hasMessage("model 'm:7b:sql' is not served; 'm:7b' has no adapters loaded");
        engine.withAdapters(new AdapterInfo("a", 4, 1, Instant.EPOCH), new AdapterInfo("b", 4, 1, Instant.EPOCH));
        assertThatThrownBy(() -> catalog.require("m:7b:sql"))
                .hasMessage("model 'm:7b:sql' is not served; adapters loaded: 'm:7b:a', 'm:7b:b'");
        assertThatThrownBy(() -> catalog.require("m:8b")).hasMessage("model 'm:8b' is not served; served here: 'm:7b'");
    }
}
