package dev.foretoken.scheduler;

import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.contract.fake.TokenScript;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.Capabilities;
import dev.foretoken.contract.runtime.Feature;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.PartShape;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** A fake model of any capabilities and any mixture of cache kinds, with memory for one to a few sequences. */
record RandomModel(FakeModel model, SchedulerConfig config, CacheReservation reservation) {

    static final int VOCABULARY = 40;
    private static final int MOST_STEPS = 4000;

    static RandomModel of(Random random) {
        boolean predicts = random.nextInt(3) == 0;
        int alignment = predicts ? 1 : pick(random, 1, 1, 1, 2, 4, 8);
        Capabilities capabilities = capabilities(random, alignment, predicts && random.nextInt(3) > 0);
        SchedulerConfig config = config(random);
        CacheSpec base = caches(random, alignment, predicts ? 1 : random.nextInt(6));
        List<PartShape> parts = new ArrayList<>();
        parts.add(new PartShape(PartShape.Role.BASE, 4, base));
        if (predicts) {
            CacheSpec auxiliary = caches(random, 1, pick(random, 0, 1, 1, 1, 1, 1, 1));
            parts.add(new PartShape(PartShape.Role.AUXILIARY, 4, auxiliary));
        }
        if (random.nextInt(3) == 0) {
            parts.add(new PartShape(PartShape.Role.DRAFT, 4, draftCaches(random, base)));
        }
        ModelShape shape = new ModelShape(VOCABULARY, 24 + random.nextInt(60), parts, "random");
        FakeModel.Depth depth = random.nextBoolean() ? FakeModel.Depth.EAGER : FakeModel.Depth.LAZY;
        FakeModel model = new FakeModel(
                shape, capabilities, depth, TokenScript.NONE, null, failures(random), 0, random.nextInt(60));
        int stepTokens = Math.min(config.maxTokensPerStep(), capabilities.maxTokens());
        return new RandomModel(model, config, reservation(random, shape, stepTokens));
    }

    /** {@code repairs}: all that predicting and repairing needs is there. */
    private static Capabilities capabilities(Random random, int alignment, boolean repairs) {
        Set<Feature> features = EnumSet.noneOf(Feature.class);
        for (Feature feature : Feature.values()) {
            if (random.nextInt(3) > 0) {
                features.add(feature);
            }
        }
        if (repairs) {
            features.addAll(Set.of(Feature.PREDICTION, Feature.ROLLBACK, Feature.RAGGED_ROWS, Feature.MIXED_SPANS));
        }
        return new Capabilities(features, 1 + random.nextInt(8), alignment + random.nextInt(60), 1 + random.nextInt(3));
    }

    private static SchedulerConfig config(Random random) {
        int running = 1 + random.nextInt(8);
        int tokens = Math.max(running, 8 + random.nextInt(40));
        PrefixCacheConfig prefixes = new PrefixCacheConfig(
                random.nextInt(4) > 0, 0, Math.max(0, random.nextInt(40) - 10), 1 + random.nextInt(20));
        return new SchedulerConfig(running, tokens, 1 + random.nextInt(tokens), 1000, true, 3).withPrefixes(prefixes);
    }

    /** Mostly of the base's kinds, so that many proposals are right; of those that are paged, as a draft part can have no others. */
    private static CacheSpec draftCaches(Random random, CacheSpec base) {
        if (random.nextInt(4) == 0) {
            return caches(random, 1, random.nextInt(6));
        }
        List<CacheKind> paged = base.kinds().stream().filter(CacheKind::paged).toList();
        return new CacheSpec(
                paged.isEmpty() ? List.of(new CacheKind.PagedKv(1, 8, 8)) : paged, 1 + random.nextInt(8), 1);
    }

    private static CacheSpec caches(Random random, int alignment, int mixture) {
        List<CacheKind> kinds = new ArrayList<>();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            int kind = switch (mixture) {
                case 0 -> random.nextInt(4);
                case 1, 2 -> random.nextInt(2);
                case 3 -> 3;
                default -> i == 0 ? 3 : pick(random, 0, 1, 3);
            };
            kinds.add(
                    switch (kind) {
                        case 0 -> new CacheKind.PagedKv(1, 8, 8);
                        case 1 -> new CacheKind.WindowedKv(1, 8, 8, 1 + random.nextInt(20));
                        case 2 -> new CacheKind.ContiguousSlot(1, 100, 30 + random.nextInt(60));
                        default -> new CacheKind.RecurrentState(1, 64, random.nextBoolean());
                    });
        }
        return new CacheSpec(kinds, 1 + random.nextInt(8), alignment);
    }

    private static CacheReservation reservation(Random random, ModelShape shape, int stepTokens) {
        List<List<Integer>> units = new ArrayList<>();
        int factor = random.nextInt(5);
        for (PartShape part : shape.parts()) {
            List<Integer> kinds = new ArrayList<>();
            for (int kind = 0; kind < part.caches().kinds().size(); kind++) {
                int one = part.caches().unitsFor(kind, shape.contextTokens(), stepTokens);
                boolean base = part.role() == PartShape.Role.BASE;
                kinds.add(base ? one + random.nextInt(one * factor + 1) : 1 + random.nextInt(2 * one));
            }
            units.add(kinds);
        }
        return new CacheReservation(units, pick(random, 0, 1, 2, 4, 8, 16));
    }

    private static Set<Integer> failures(Random random) {
        Set<Integer> failing = new HashSet<>();
        if (random.nextInt(3) == 0) {
            for (int i = 0; i < 8; i++) {
                failing.add(random.nextInt(i < 4 ? 100 : MOST_STEPS));
            }
        }
        return failing;
    }

    static int pick(Random random, int... values) {
        return values[random.nextInt(values.length)];
    }
}
