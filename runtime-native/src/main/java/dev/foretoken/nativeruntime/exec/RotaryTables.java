package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.RotarySettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The angles of every distinct rotary setting of a plan. */
final class RotaryTables {

    private final Map<RotarySettings, RotaryAngles> bySettings = new LinkedHashMap<>();
    private final List<RotaryAngles> all;

    RotaryTables(ModelPlan plan, StepLimits limits) {
        for (Attention attention : plan.attentions()) {
            RotarySettings rotary = attention.rotary();
            if (rotary != null) {
                bySettings.computeIfAbsent(rotary, settings -> angles(settings, limits));
            }
        }
        this.all = List.copyOf(bySettings.values());
    }

    private static RotaryAngles angles(RotarySettings settings, StepLimits limits) {
        return settings.scaling().dependsOnLength()
                ? new LengthAngles(settings, limits.tokens())
                : new FixedAngles(settings, limits.contextTokens());
    }

    /** Null for null. */
    @Nullable
    RotaryAngles of(@Nullable RotarySettings settings) {
        return settings == null ? null : bySettings.get(settings);
    }

    void prepare(StepBatch step) {
        for (int i = 0; i < all.size(); i++) {
            all.get(i).prepare(step);
        }
    }
}
