package dev.foretoken.app.command.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.runtime.BuildMethod;
import dev.foretoken.contract.runtime.BuildParameter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VariantPlanTest {

    private static final List<BuildMethod> METHODS = List.of(
            new BuildMethod(
                    "rtn",
                    "rounds",
                    List.of(
                            BuildParameter.choice("bits", "bits", "4", "4", "8"),
                            BuildParameter.free("group", "group", "128")),
                    false),
            new BuildMethod("drop", "leaves out", List.of(BuildParameter.free("blocks", "blocks", "0")), true));

    private static List<VariantPlan> parse(List<String> variants, Map<String, String> settings) {
        return VariantPlan.parse(variants, settings, METHODS);
    }

    @Test
    void aVariantIsNamedLikeItsMethodOrAsItIsSaid() {
        List<VariantPlan> plans = parse(List.of("drop", "small=drop", "q8"), Map.of());
        assertThat(plans.stream().map(VariantPlan::name)).containsExactly("drop", "small", "q8");
        assertThat(plans.stream().map(plan -> plan.method().name())).containsExactly("drop", "drop", "rtn");
        assertThat(plans.getLast().parameters()).isEqualTo(Map.of("bits", "8"));
    }

    @Test
    void aSettingIsForAllThatHaveItOrForOne() {
        List<VariantPlan> plans = parse(List.of("a=q4", "b=q4", "drop"), Map.of("group", "64", "b.bits", "8"));
        assertThat(plans.get(0).parameters()).isEqualTo(Map.of("bits", "4", "group", "64"));
        assertThat(plans.get(1).parameters()).isEqualTo(Map.of("bits", "8", "group", "64"));
        assertThat(plans.get(2).parameters()).isEmpty();
    }

    @Test
    void whatNothingReadsIsRefusedWithWhatThereIs() {
        assertThatThrownBy(() -> parse(List.of("q5"), Map.of()))
                .hasMessageContaining("'q5'")
                .hasMessageContaining("rtn, drop")
                .hasMessageContaining("gptq-int4");
        assertThatThrownBy(() -> parse(List.of("drop"), Map.of("bits", "4")))
                .hasMessageContaining("drop has no parameter 'bits'")
                .hasMessageContaining("blocks");
        assertThatThrownBy(() -> parse(List.of("a=q4"), Map.of("a.blocks", "1")))
                .hasMessageContaining("rtn has no parameter 'blocks'");
    }

    @Test
    void whatIsRefusedIsRefusedBeforeAnythingIsBuilt() {
        assertThatThrownBy(() -> parse(List.of("a=q4", "a=q8"), Map.of()))
                .hasMessageContaining("two variants would be called 'a'");
        assertThatThrownBy(() -> parse(List.of("a=q4"), Map.of("bits", "99")))
                .hasMessageContaining("rtn: bits=99, must be 4 or 8");
        assertThatThrownBy(() -> parse(List.of("a=q4"), Map.of("a.bits", "99")))
                .hasMessageContaining("rtn: bits=99, must be 4 or 8");
    }

    @Test
    void shortNamesAreWrittenAsPeopleTypeThem() {
        assertThat(Preset.names()).contains("q8", "q4", "rtn-int4", "gptq-int4", "awq-int4", "gguf-q8_0", "gguf-q4_0");
        assertThat(Preset.of("gguf-q8_0")).contains(Preset.GGUF_Q8_0);
    }
}
