package dev.foretoken.scheduler.host;

import dev.foretoken.scheduler.host.Resident.Standing;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Which variant is loaded next, and which goes for it: the one whose requests have waited longest comes, the least recently used idle one
 * goes. Plain arithmetic over snapshots: no clock, no thread.
 *
 * @param budget bytes that all variants share
 */
record ResidencyRules(ResidencyConfig config, long budget) {

    /** {@code left}: bytes of the budget that are free. */
    ResidencyStep next(List<Resident> models, long left, long now) {
        Optional<Resident> first = models.stream()
                .filter(model -> model.standing() == Standing.WANTED)
                .min(Comparator.comparingLong(Resident::waitingSince));
        return first.isEmpty() ? new ResidencyStep.Wait(Long.MAX_VALUE) : next(first.get(), models, left, now);
    }

    private ResidencyStep next(Resident wanted, List<Resident> models, long left, long now) {
        Predicate<Resident> stays = model -> model.standing() == Standing.LOADED && !canGo(model, wanted);
        if (wanted.need().least() > budget - bytes(models, stays) || isFull(models, stays)) {
            return new ResidencyStep.Refuse(wanted.name(), names(models, stays));
        }
        boolean full = isFull(models, model -> true);
        if (!full && wanted.need().good() <= left) {
            return new ResidencyStep.Load(wanted.name());
        }
        if (models.stream().anyMatch(model -> model.standing() == Standing.LEAVING)) {
            return new ResidencyStep.Wait(Long.MAX_VALUE);
        }
        Optional<Resident> idle = leastRecent(models, model -> canGo(model, wanted) && isRipe(model, now));
        if (idle.isPresent()) {
            return new ResidencyStep.Leave(idle.get().name());
        }
        if (!full && wanted.need().least() <= left) {
            return new ResidencyStep.Load(wanted.name());
        }
        return drained(wanted, models, now);
    }

    /** Nobody is idle: after a while the least recently used one has to be. */
    private ResidencyStep drained(Resident wanted, List<Resident> models, long now) {
        long patience = wanted.waitingSince() + config.drainAfter().toNanos();
        if (now - patience >= 0) {
            Optional<Resident> busy = leastRecent(models, model -> canGo(model, wanted));
            return busy.<ResidencyStep>map(model -> new ResidencyStep.Leave(model.name()))
                    .orElse(new ResidencyStep.Wait(Long.MAX_VALUE));
        }
        long ripe = models.stream()
                .filter(model -> canGo(model, wanted) && !model.busy())
                .mapToLong(model -> model.lastUse() + config.minResidency().toNanos())
                .min()
                .orElse(patience);
        return new ResidencyStep.Wait(Math.min(ripe, patience));
    }

    private Optional<Resident> leastRecent(List<Resident> models, Predicate<Resident> which) {
        return models.stream()
                .filter(which)
                .min(Comparator.<Resident>comparingInt(model -> model.released() ? 0 : 1)
                        .thenComparingLong(Resident::lastUse));
    }

    /** A released one goes at once, and is drained: the sequences that it has end as they would. */
    private boolean isRipe(Resident model, long now) {
        return model.released()
                || !model.busy()
                        && now - model.lastUse() >= config.minResidency().toNanos();
    }

    private static boolean isLoaded(Resident model) {
        return model.standing() == Standing.LOADED || model.standing() == Standing.LEAVING;
    }

    private static boolean canGo(Resident model, Resident wanted) {
        return model.standing() == Standing.LOADED
                && !model.kept()
                && !wanted.beside().contains(model.name());
    }

    private boolean isFull(List<Resident> models, Predicate<Resident> which) {
        long loaded =
                models.stream().filter(ResidencyRules::isLoaded).filter(which).count();
        return config.maxLoaded() > 0 && loaded >= config.maxLoaded();
    }

    private static long bytes(List<Resident> models, Predicate<Resident> which) {
        return models.stream().filter(which).mapToLong(Resident::bytes).sum();
    }

    private static Set<String> names(List<Resident> models, Predicate<Resident> which) {
        return models.stream().filter(which).map(Resident::name).collect(Collectors.toUnmodifiableSet());
    }
}
