package dev.foretoken.registry.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.registry.name.VariantRef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ModelParameterTest {

    @Test
    void aVariantIsNamedByItsVersionAndName() {
        assertThat(ModelParameter.variant("model:small@2/q8")).hasValue(new VariantRef("small", 2, "q8"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"model:/models/small@2/q8", "trained:/models/pair", "layer-pruned:0.5", "4", ""})
    void pathsAndOtherValuesNameNone(String value) {
        assertThat(ModelParameter.variant(value)).isEmpty();
    }
}
