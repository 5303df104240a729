package dev.foretoken.gateway.http;

import dev.foretoken.contract.runtime.BuildMethod;
import dev.foretoken.contract.runtime.BuildOrder;
import dev.foretoken.contract.runtime.BuildParameter;
import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.contract.runtime.BuildWatch;
import dev.foretoken.contract.runtime.VariantWorkshop;
import java.util.List;
import java.util.Map;

/** Has a method that needs calibration and one that does not; both change settings alone. */
final class CopyWorkshop implements VariantWorkshop {

    @Override
    public List<BuildMethod> methods() {
        return List.of(
                new BuildMethod(
                        "settings",
                        "opens the base with other settings",
                        List.of(
                                BuildParameter.choice("cache", "type of the cache", "int8", "int8", "f16"),
                                BuildParameter.free("auxiliary", "a second model", "")),
                        false),
                new BuildMethod("reader", "reads a text", List.of(), true));
    }

    @Override
    public BuildResult build(BuildOrder order, BuildWatch watch) {
        return new BuildResult(BuildResult.Output.SETTINGS, Map.of("kv_cache_dtype", "int8"), Map.of());
    }
}
