package dev.foretoken.app.mount;

import dev.foretoken.app.config.PredictionSettings;
import dev.foretoken.app.config.RegistryMount;
import dev.foretoken.app.engine.VariantSettings;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.model.ModelCatalog;
import dev.foretoken.gateway.model.ServedVariant;
import dev.foretoken.registry.content.VariantConfig;
import dev.foretoken.registry.name.VariantRef;
import java.lang.System.Logger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Leads served names to variants, and to others when the registry says so: a name moves once its new variant answers, and requests that came
 * before end where they began. For one thread.
 */
public final class RegistryMounts {

    private static final Logger LOG = System.getLogger(RegistryMounts.class.getName());
    /** Until a request that was given a variant by its name has long reached it. */
    private static final Duration UNTIL_UNREACHED = Duration.ofMinutes(1);

    private final VariantEngine engine;
    private final VariantText text;
    private final ModelCatalog served;
    private final PredictionSettings prediction;
    private final LongSupplier nanoTime;
    private final Supplier<List<RegistryMount>> mounts;
    private final MountedNames names;
    private final Map<String, Target> bound = new HashMap<>();
    private final Map<VariantRef, Long> unreached = new HashMap<>();
    /** What was said last of mounts that lead nowhere now. */
    private final Map<RegistryMount, String> stuck = new HashMap<>();

    private boolean turns;

    public RegistryMounts(
            Mounting mounting,
            VariantCatalogue catalogue,
            VariantEngine engine,
            VariantText text,
            ModelCatalog served,
            PredictionSettings prediction,
            LongSupplier nanoTime) {
        this.mounts = mounting.wanted();
        this.engine = engine;
        this.text = text;
        this.served = served;
        this.prediction = prediction;
        this.nanoTime = nanoTime;
        this.names = new MountedNames(catalogue, new AutoChooser(mounting.floor(), engine::obstacle));
    }

    /**
     * Serves every name, and loads those that were asked for by themselves.
     *
     * @throws ForetokenException when one of those cannot be served
     */
    public void start() {
        List<VariantRef> loaded = new ArrayList<>();
        for (Map.Entry<String, Target> name : names.of(mounts.get()).entrySet()) {
            Target target = name.getValue();
            if (target.eager()) {
                engine.offer(target.variant());
                put(name.getKey(), target);
                load(target.ref(), loaded);
            } else {
                tryTo(name.getKey(), target);
            }
        }
        loaded.forEach(variant -> engine.keep(variant, !turns));
    }

    /** Where not all fit together, none stays for good. */
    private void load(VariantRef variant, List<VariantRef> loaded) {
        try {
            engine.warm(variant, Set.copyOf(loaded));
            loaded.add(variant);
        } catch (ForetokenException e) {
            if (e.code() != ErrorCode.INSUFFICIENT_MEMORY || loaded.isEmpty()) {
                throw e;
            }
            takeTurns(e);
        }
    }

    /**
     * Follows the registry. What fails leaves its name where it was.
     *
     * @return false: something is still to be done, and will be when this is called again
     */
    public boolean refresh() {
        Map<String, Target> wanted = new TreeMap<>();
        boolean settled = want(wanted);
        for (Map.Entry<String, Target> name : wanted.entrySet()) {
            settled &= tryTo(name.getKey(), name.getValue());
        }
        for (String name : Set.copyOf(bound.keySet())) {
            if (!wanted.containsKey(name)) {
                served.remove(name);
                VariantRef variant = bound.remove(name).ref();
                LOG.log(Logger.Level.INFO, "{0} is not served any more; it led to {1}", name, variant);
                guarded("let go of " + variant, () -> left(variant));
            }
        }
        return withdraw() && settled;
    }

    /**
     * Where each name leads; names of a model that is not there any more, or that cannot be read, stay where they are.
     *
     * @return false: another look may find more, even where the registry does not change
     */
    private boolean want(Map<String, Target> wanted) {
        List<RegistryMount> all = mounts.get();
        stuck.keySet().retainAll(all);
        boolean settled = true;
        for (RegistryMount mount : all) {
            try {
                MountedNames.add(names.of(List.of(mount)), wanted);
                stuck.remove(mount);
            } catch (ForetokenException e) {
                if (e.code() == ErrorCode.REGISTRY_UNAVAILABLE) {
                    throw e;
                }
                settled &= e.code() == ErrorCode.MODEL_NOT_FOUND || e.code() == ErrorCode.INSUFFICIENT_MEMORY;
                stay(mount, String.valueOf(e.getMessage()), wanted);
            } catch (RuntimeException e) {
                settled = false;
                stay(mount, "a fault, " + e, wanted);
            }
        }
        return settled;
    }

    private void stay(RegistryMount mount, String reason, Map<String, Target> wanted) {
        if (!reason.equals(stuck.put(mount, reason))) {
            LOG.log(Logger.Level.WARNING, "{0} stays as it is: {1}", mount, reason);
        }
        String model = mount.reference().model();
        bound.forEach((name, now) -> {
            if (now.ref().model().equals(model)) {
                wanted.putIfAbsent(name, now);
            }
        });
    }

    /** Whatever fails of one name, the others are led all the same. */
    private boolean tryTo(String name, Target target) {
        try {
            lead(name, target);
            return true;
        } catch (ForetokenException e) {
            if (e.code() == ErrorCode.MODEL_LOADING) {
                return false;
            }
            if (e.code() == ErrorCode.REGISTRY_UNAVAILABLE) {
                throw e;
            }
            LOG.log(Logger.Level.WARNING, unmoved(name, target) + ": " + e.getMessage());
        } catch (RuntimeException | Error e) {
            LOG.log(Logger.Level.ERROR, unmoved(name, target) + " because of a fault", e);
        }
        return true;
    }

    private static void guarded(String what, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            LOG.log(Logger.Level.ERROR, "The engine could not " + what, e);
        }
    }

    private String unmoved(String name, Target target) {
        String still = Optional.ofNullable(bound.get(name))
                .map(now -> " but still to " + now.ref())
                .orElse("");
        return name + " does not lead to " + target.ref() + still;
    }

    private void lead(String name, Target target) {
        Target now = bound.get(name);
        if (now != null && now.equals(target)) {
            return;
        }
        engine.offer(target.variant());
        if (now == null) {
            begin(name, target);
        } else if (now.ref().equals(target.ref()) || !(target.eager() || engine.isReady(now.ref()))) {
            put(name, target);
        } else {
            move(name, now, target);
        }
        if (now != null && !now.ref().equals(target.ref())) {
            LOG.log(Logger.Level.INFO, "{0} leads to {1} now, no longer to {2}", name, target.ref(), now.ref());
            left(now.ref());
        }
    }

    /** A name that did not lead anywhere; one that must be there before it is asked for stays away where that fails. */
    private void begin(String name, Target target) {
        put(name, target);
        if (target.eager()) {
            try {
                first(target);
                LOG.log(Logger.Level.INFO, "{0} is served now, by {1}", name, target.ref());
            } catch (RuntimeException | Error e) {
                if (!(e instanceof ForetokenException known && known.code() == ErrorCode.MODEL_LOADING)) {
                    served.remove(name);
                    bound.remove(name);
                    left(target.ref());
                }
                throw e;
            }
        }
    }

    private void first(Target target) {
        try {
            engine.warm(
                    target.ref(),
                    bound.values().stream()
                            .filter(Target::eager)
                            .map(Target::ref)
                            .filter(ref -> !ref.equals(target.ref()))
                            .collect(Collectors.toUnmodifiableSet()));
        } catch (ForetokenException e) {
            if (e.code() != ErrorCode.INSUFFICIENT_MEMORY || bound.size() < 2) {
                throw e;
            }
            takeTurns(e);
        }
        engine.keep(target.ref(), !turns);
    }

    private void takeTurns(ForetokenException reason) {
        turns = true;
        LOG.log(
                Logger.Level.WARNING,
                "Models take turns in memory, since they do not fit together: {0}",
                reason.getMessage());
    }

    private void move(String name, Target now, Target target) {
        try {
            engine.warm(target.ref(), Set.of(now.ref()));
            put(name, target);
        } catch (ForetokenException e) {
            if (e.code() != ErrorCode.INSUFFICIENT_MEMORY) {
                throw e;
            }
            change(name, now, target);
        }
        engine.keep(target.ref(), target.eager() && !turns);
    }

    /** There is no room for both: new requests wait for the new one, which is loaded when those of the old one have ended. */
    private void change(String name, Target now, Target target) {
        engine.keep(now.ref(), false);
        put(name, target);
        engine.release(now.ref());
        try {
            engine.warm(target.ref(), Set.of());
        } catch (RuntimeException | Error e) {
            put(name, now);
            engine.keep(now.ref(), now.eager() && !turns);
            throw e;
        }
    }

    private void put(String name, Target target) {
        served.put(text.of(target.variant())
                .as(
                        name,
                        new ServedVariant(
                                target.engineModel(),
                                target.kind(),
                                Optional.ofNullable(target.variant().config().parent())
                                        .map(VariantConfig.Parent::reference),
                                VariantFacts.json(target),
                                target.merit()))
                .reading(prediction.of(
                        name, VariantSettings.prefill(target.variant().config().settings()))));
        target.choice().ifPresent(choice -> LOG.log(Logger.Level.INFO, "{0} is {1}", name, choice.sentence()));
        bound.put(name, target);
        unreached.remove(target.ref());
    }

    /** A name does not lead there any more. */
    private void left(VariantRef variant) {
        if (bound.values().stream().noneMatch(target -> target.ref().equals(variant))) {
            unreached.put(variant, nanoTime.getAsLong());
        }
        Set<VariantRef> eager =
                bound.values().stream().filter(Target::eager).map(Target::ref).collect(Collectors.toSet());
        if (!eager.contains(variant)) {
            engine.keep(variant, false);
            engine.release(variant);
        }
    }

    /** Returns whether none is left to be withdrawn later. */
    private boolean withdraw() {
        long now = nanoTime.getAsLong();
        for (Map.Entry<VariantRef, Long> variant : Map.copyOf(unreached).entrySet()) {
            if (now - variant.getValue() >= UNTIL_UNREACHED.toNanos()) {
                unreached.remove(variant.getKey());
                guarded("withdraw " + variant.getKey(), () -> engine.withdraw(variant.getKey()));
            }
        }
        return unreached.isEmpty();
    }
}
