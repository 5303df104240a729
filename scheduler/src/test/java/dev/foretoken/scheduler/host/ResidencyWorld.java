package dev.foretoken.scheduler.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.scheduler.host.Resident.Standing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** A machine with many models on a clock of its own: does what the rules say, and checks that nothing it did was forbidden. */
final class ResidencyWorld {

    private static final long TICK = Duration.ofMillis(50).toNanos();
    private static final long LOAD_NANOS_PER_BYTE = Duration.ofMillis(40).toNanos();

    private static final class Model {
        final String name;
        final long bytes;
        final List<Long> waiting = new ArrayList<>();
        /** Ends of the requests that it works on. */
        final List<Long> running = new ArrayList<>();

        Standing standing = Standing.AWAY;
        long lastUse;

        Model(String name, long bytes) {
            this.name = name;
            this.bytes = bytes;
        }
    }

    private final Random random;
    private final ResidencyRules rules;
    private final long budget;
    private final List<Model> models = new ArrayList<>();
    private final List<Long> waits = new ArrayList<>();
    private long now = 1;
    private long loadEnds = Long.MAX_VALUE;
    private Model loading;
    private int asked;
    private int answered;
    private int refused;
    private int loads;

    ResidencyWorld(Random random, ResidencyConfig config, int count, long budget) {
        this.random = random;
        this.rules = new ResidencyRules(config, budget);
        this.budget = budget;
        for (int i = 0; i < count; i++) {
            models.add(new Model("m" + i, 1 + random.nextLong(budget + 5)));
        }
    }

    void request() {
        asked++;
        int skewed = (int) (models.size() * Math.pow(random.nextDouble(), 3));
        Model model = models.get(skewed);
        if (model.standing == Standing.LOADED) {
            start(model, now);
        } else {
            model.waiting.add(now);
        }
    }

    private void start(Model model, long since) {
        waits.add(now - since);
        model.running.add(now + random.nextLong(Duration.ofSeconds(3).toNanos()));
        model.lastUse = now;
    }

    void elapse(Duration time) {
        for (long end = now + time.toNanos(); now < end; now += TICK) {
            tick();
        }
    }

    void finish(List<Long> longest) {
        for (int i = 0; answered + refused < asked && i < 1_000_000; i++, now += TICK) {
            tick();
        }
        longest.addAll(waits);
    }

    private void tick() {
        for (Model model : models) {
            int before = model.running.size();
            model.running.removeIf(end -> end <= now);
            answered += before - model.running.size();
            if (model.standing == Standing.LEAVING && model.running.isEmpty()) {
                model.standing = Standing.AWAY;
            }
        }
        if (loading != null) {
            if (now >= loadEnds) {
                loaded();
            }
        } else {
            take(rules.next(residents(), budget - used(), now));
        }
        assertThat(used() + (loading == null ? 0 : loading.bytes)).isLessThanOrEqualTo(budget);
    }

    private void loaded() {
        Model model = loading;
        loading = null;
        model.standing = Standing.LOADED;
        model.lastUse = now;
        List<Long> waiting = List.copyOf(model.waiting);
        model.waiting.clear();
        waiting.forEach(since -> start(model, since));
    }

    private void take(ResidencyStep step) {
        switch (step) {
            case ResidencyStep.Load(String name) -> {
                loading = model(name);
                loadEnds = now + loading.bytes * LOAD_NANOS_PER_BYTE;
                loads++;
            }
            case ResidencyStep.Leave(String name) -> {
                Model model = model(name);
                assertThat(model.standing).isEqualTo(Standing.LOADED);
                assertThat(models.stream().anyMatch(other -> !other.waiting.isEmpty()))
                        .isTrue();
                model.standing = Standing.LEAVING; // and what it works on goes on
            }
            case ResidencyStep.Refuse(String name, Set<String> kept) -> {
                Model model = model(name);
                assertThat(model.bytes).isGreaterThan(budget);
                refused += model.waiting.size();
                model.waiting.clear();
            }
            case ResidencyStep.Wait wait -> {}
        }
    }

    private Model model(String name) {
        return models.stream().filter(m -> m.name.equals(name)).findFirst().orElseThrow();
    }

    private long used() {
        return models.stream()
                .filter(model -> model.standing == Standing.LOADED || model.standing == Standing.LEAVING)
                .mapToLong(model -> model.bytes)
                .sum();
    }

    private List<Resident> residents() {
        return models.stream()
                .map(model -> new Resident(
                        model.name,
                        model.standing == Standing.AWAY && !model.waiting.isEmpty() ? Standing.WANTED : model.standing,
                        false,
                        !model.running.isEmpty(),
                        false,
                        model.standing == Standing.AWAY ? 0 : model.bytes,
                        new ModelNeed(model.bytes, 0, 0, model.bytes, model.bytes),
                        model.lastUse,
                        model.waiting.stream().min(Long::compare).orElse(0L),
                        Set.of()))
                .toList();
    }

    int asked() {
        return asked;
    }

    int answered() {
        return answered;
    }

    int refused() {
        return refused;
    }

    int loads() {
        return loads;
    }
}
