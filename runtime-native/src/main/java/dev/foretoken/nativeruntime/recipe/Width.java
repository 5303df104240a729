package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Sublayer;
import dev.foretoken.registry.recipe.RecipeFields;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts the MLP of every block to its first neurons (Devvrit 2023). Only models that were trained to be cut so lose little by it.
 *
 * @param widths of all blocks, or of each: whole numbers of neurons, or shares of those that there are, which are not whole numbers but 1.0
 * @param round whether widths that are off the grid become the nearest on it
 */
record Width(List<Number> widths, boolean round) implements Operation {

    static final String NAME = "width";

    /** Weights are packed in panels of rows, and quantized in blocks of inputs. */
    static final int GRID = 32;

    private static final int MAX_BLOCKS = 4096;

    Width {
        widths = List.copyOf(widths);
    }

    static Width read(RecipeFields fields) {
        Width width = new Width(fields.numbers("widths", MAX_BLOCKS), fields.flag("round"));
        for (Number number : width.widths) {
            double value = number.doubleValue();
            if (!(value > 0) || isShare(number) && value > 1) {
                throw fields.wrong("widths", number, "a whole number of neurons, or a share of them in (0, 1.0]");
            }
        }
        return width;
    }

    private static boolean isShare(Number number) {
        return number instanceof Double;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Outcome apply(ModelPlan plan, NewNames names) {
        List<Block> blocks = Block.of(plan);
        if (widths.size() != 1 && widths.size() != blocks.size()) {
            throw Block.refused("width has %d widths, must have one, or one for each of the %d blocks"
                    .formatted(widths.size(), blocks.size()));
        }
        List<Sublayer> sublayers = new ArrayList<>(plan.sublayers());
        int before = 0;
        int after = 0;
        for (int number = 0; number < blocks.size(); number++) {
            for (int i = blocks.get(number).first(); i < blocks.get(number).end(); i++) {
                int block = number;
                before += neurons(sublayers.get(i));
                sublayers.set(i, sublayers.get(i).withMixers(mixer -> cut(mixer, block)));
                after += neurons(sublayers.get(i));
            }
        }
        if (after == before) {
            throw Block.refused("width leaves every MLP as it is; experts are not cut");
        }
        return new Outcome(plan.withSublayers(sublayers), "kept %d of %d neurons".formatted(after, before));
    }

    private static int neurons(Sublayer sublayer) {
        return sublayer.mixers().stream()
                .mapToInt(mixer -> mixer instanceof Mlp mlp ? mlp.inner() : 0)
                .sum();
    }

    private Mixer cut(Mixer mixer, int block) {
        if (!(mixer instanceof Mlp mlp)) {
            return mixer;
        }
        int kept = kept(mlp.inner(), widths.size() == 1 ? widths.getFirst() : widths.get(block), block);
        return kept == mlp.inner() ? mlp : mlp.first(kept);
    }

    private int kept(int all, Number width, int block) {
        double wanted = isShare(width) ? all * width.doubleValue() : width.doubleValue();
        if (wanted > all) {
            throw Block.refused("width %s of block %d is more than its %d neurons".formatted(width, block, all));
        }
        int nearest = (int) Math.max(1, Math.round(wanted / GRID)) * GRID;
        if (wanted == all || nearest >= all) {
            return all;
        }
        if (nearest != wanted && !round) {
            throw Block.refused(
                    "width %s of block %d is %s neurons, must be a multiple of %d; set \"round\" to true to take the nearest"
                            .formatted(width, block, wanted, GRID));
        }
        return nearest;
    }
}
