package dev.foretoken.app.mount;

import dev.foretoken.app.config.RegistryMount;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.model.ServedVariant.Kind;
import dev.foretoken.registry.ModelDetail;
import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.VersionDetail;
import dev.foretoken.registry.metadata.AliasTarget;
import dev.foretoken.registry.name.Reference;
import dev.foretoken.registry.name.VariantRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Which names are served, and where each leads, by what the registry says now. */
record MountedNames(VariantCatalogue catalogue, AutoChooser auto) {

    private static final System.Logger LOG = System.getLogger(MountedNames.class.getName());

    /** Of all mounts, as {@link #add} puts them together. */
    Map<String, Target> of(List<RegistryMount> mounts) {
        Map<String, Target> names = new TreeMap<>();
        for (RegistryMount mount : mounts) {
            ModelDetail model = catalogue.model(mount.reference().model());
            add(mount.isWhole() ? whole(model) : Map.of(mount.toString(), named(model, mount.reference())), names);
        }
        return names;
    }

    /** Eager names win: a name that is mounted by itself and as part of a model is loaded at the start. */
    static void add(Map<String, Target> names, Map<String, Target> all) {
        names.forEach((name, target) -> {
            if (target.eager()) {
                all.put(name, target);
            } else {
                all.putIfAbsent(name, target);
            }
        });
    }

    private Map<String, Target> whole(ModelDetail model) {
        Map<String, Target> names = new TreeMap<>();
        for (VersionDetail version : model.versions()) {
            String name = model.name() + "@" + version.version();
            for (VariantDetail variant : version.variants()) {
                names.put(variant.ref().toString(), of(version, variant, Kind.VARIANT));
                if (variant.ref().isBase()) {
                    names.put(name, of(version, variant, Kind.VERSION));
                    names.put(model.name(), of(version, variant, Kind.VERSION)); // the newest comes last
                }
            }
        }
        for (AliasTarget alias : model.aliases()) {
            aliased(model, alias).ifPresent(target -> names.put(model.name() + ":" + alias.name(), target));
        }
        return names;
    }

    private static Target of(VersionDetail version, VariantDetail variant, Kind kind) {
        return Target.among(version.variants(), variant, kind, false, Optional.empty());
    }

    /** An alias of many that leads nowhere is left out. */
    private Optional<Target> aliased(ModelDetail model, AliasTarget alias) {
        try {
            return Optional.of(at(model, alias.target(), Kind.ALIAS, false));
        } catch (ForetokenException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0}:{1} is not served: {2}",
                    model.name(),
                    alias.name(),
                    e.getMessage());
            return Optional.empty();
        }
    }

    private Target named(ModelDetail model, Reference reference) {
        return switch (reference) {
            case Reference.Newest newest -> at(model, VariantRef.base(model.name(), newest(model)), Kind.VERSION, true);
            case Reference.AtVersion at -> at(model, VariantRef.base(model.name(), at.version()), Kind.VERSION, true);
            case Reference.Exact exact -> at(model, exact.ref(), Kind.VARIANT, true);
            case Reference.Alias alias ->
                at(
                        model,
                        model.aliases().stream()
                                .filter(known -> known.name().equals(alias.alias()))
                                .findFirst()
                                .orElseThrow(() -> notFound(alias.toString(), aliases(model)))
                                .target(),
                        Kind.ALIAS,
                        true);
        };
    }

    private static int newest(ModelDetail model) {
        return model.versions().getLast().version();
    }

    private Target at(ModelDetail model, VariantRef ref, Kind kind, boolean eager) {
        List<VariantDetail> variants = model.versions().stream()
                .filter(version -> version.version() == ref.version())
                .findFirst()
                .orElseThrow(() -> notFound(ref.toString(), "versions are 1 to " + newest(model)))
                .variants();
        if (ref.isAuto()) {
            AutoChoice choice = auto.choose(variants);
            return Target.among(variants, choice.chosen(), kind, eager, Optional.of(choice));
        }
        VariantDetail variant = variants.stream()
                .filter(known -> known.ref().equals(ref))
                .findFirst()
                .orElseThrow(() -> notFound(
                        ref.toString(),
                        "its variants are "
                                + String.join(
                                        ", ",
                                        variants.stream()
                                                .map(known -> known.ref().variant())
                                                .toList())));
        return Target.among(variants, variant, kind, eager, Optional.empty());
    }

    private static String aliases(ModelDetail model) {
        return model.aliases().isEmpty()
                ? "the model has no alias; set one with 'models alias'"
                : "aliases are "
                        + String.join(
                                ", ",
                                model.aliases().stream().map(AliasTarget::name).toList());
    }

    private static ForetokenException notFound(String name, String instead) {
        return new ForetokenException(ErrorCode.MODEL_NOT_FOUND, "the registry has no '" + name + "'; " + instead);
    }
}
