package dev.foretoken.nativeruntime.compress;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BuildMethod;
import dev.foretoken.contract.runtime.BuildParameter;
import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.nativeruntime.build.BuildJob;
import dev.foretoken.nativeruntime.build.BuildParameters;
import dev.foretoken.nativeruntime.build.Finished;
import dev.foretoken.nativeruntime.build.VariantBuilder;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Cuts MLPs to their first neurons (MatFormer, Devvrit 2023). Only a nested model keeps its quality; where there is calibration text, every
 * slice on an even grid is read with, so that those the model was trained for stand out.
 */
final class SliceBuilder implements VariantBuilder {

    private static final Map<String, Double> NAMED =
            new TreeMap<>(Map.of("whole", 1.0, "half", 0.5, "quarter", 0.25, "eighth", 0.125));

    private static final int STEPS = 8;

    @Override
    public BuildMethod method() {
        return new BuildMethod(
                "slices",
                "cuts the MLPs of a nested model to their first neurons",
                List.of(
                        BuildParameter.free(
                                "widths",
                                "one width for all blocks or one for each, joined by commas: neurons, shares such as 0.5, or %s"
                                        .formatted(String.join(", ", NAMED.keySet())),
                                "half"),
                        BuildParameter.free(
                                "floor",
                                "least mean cosine of last hidden vectors with the whole model's, -1 to 1; needs calibration",
                                "-1"),
                        BuildParameter.free("tokens", "calibration tokens that are read with every slice", "2048")),
                false);
    }

    @Override
    public BuildResult build(BuildJob job) {
        BuildParameters given = job.parameters();
        Draft draft = draft(job, widths(given.text("widths")));
        ModelPlan plan = draft.plan();
        double floor = given.real("floor", -1, 1);
        int tokens = given.number("tokens", 1, Integer.MAX_VALUE);
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("neurons", neurons(plan));
        facts.put("neurons_whole", neurons(job.plan()));
        if (!job.order().calibration().isEmpty()) {
            Reading reading = Reading.ofTokens(job, tokens);
            LastHidden last = new LastHidden(reading, new Finished(job.order().scratch()));
            double cosine = last.cosine("result", draft);
            require(cosine, floor);
            facts.put("last_hidden_cosine", cosine);
            facts.put("slices", slices(job, last));
        } else if (floor > -1) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "slices can keep a floor only where there is calibration text to measure");
        }
        return new RecipeOutput(draft).write(facts);
    }

    private static void require(double cosine, double floor) {
        if (cosine < floor) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "the slice's last hidden vectors have a mean cosine of %.4f with the whole model's, floor asks for %s; this model is not nested there"
                            .formatted(cosine, floor));
        }
    }

    private static Draft draft(BuildJob job, List<Number> widths) {
        return Draft.of(job).with(Draft.operation("width", "widths", widths, "round", true));
    }

    private static List<Number> widths(String text) {
        List<Number> widths = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            String name = part.strip();
            Double named = NAMED.get(name);
            widths.add(named == null ? number(name) : named);
        }
        return widths;
    }

    private static Number number(String text) {
        try {
            return text.contains(".") ? Double.valueOf(text) : (Number) Integer.valueOf(text);
        } catch (NumberFormatException e) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "slices: widths has %s, must be neurons, shares such as 0.5, or %s"
                            .formatted(text, String.join(", ", NAMED.keySet())),
                    e);
        }
    }

    /** Every eighth of the width. */
    private static List<Object> slices(BuildJob job, LastHidden last) {
        List<Object> found = new ArrayList<>();
        List<Integer> before = List.of();
        for (int step = 1; step < STEPS; step++) {
            Draft draft = draft(job, List.of((double) step / STEPS));
            if (!draft.fits()) {
                continue; // rounded, it is the whole width
            }
            List<Integer> neurons = neurons(draft.plan());
            if (!neurons.equals(before)) {
                found.add(Map.of("neurons", neurons, "cosine", last.cosine("slice-" + step, draft)));
            }
            before = neurons;
        }
        return found;
    }

    private static List<Integer> neurons(ModelPlan plan) {
        return plan.mixers().stream()
                .filter(Mlp.class::isInstance)
                .map(mixer -> ((Mlp) mixer).inner())
                .toList();
    }
}
