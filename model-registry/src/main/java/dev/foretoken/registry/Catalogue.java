package dev.foretoken.registry;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.gate.Gate;
import dev.foretoken.registry.gate.GateVerdict;
import dev.foretoken.registry.measure.Measurement;
import dev.foretoken.registry.metadata.AliasTarget;
import dev.foretoken.registry.metadata.Session;
import dev.foretoken.registry.metadata.VariantRow;
import dev.foretoken.registry.metadata.VersionRow;
import dev.foretoken.registry.name.Names;
import dev.foretoken.registry.name.Reference;
import dev.foretoken.registry.name.VariantRef;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What there is, as one session sees it. */
final class Catalogue {
    private static final int MOVES_SHOWN = 100;

    private final Session session;

    Catalogue(Session session) {
        this.session = session;
    }

    List<ModelSummary> models() throws SQLException {
        List<ModelSummary> models = new ArrayList<>();
        for (String name : session.models().names()) {
            List<VersionRow> versions = session.models().versions(name);
            List<VariantRow> variants = session.variants().ofModel(name);
            models.add(new ModelSummary(
                    name,
                    versions.size(),
                    versions.getLast().version(),
                    variants.size(),
                    variants.stream().mapToLong(VariantRow::bytes).sum(),
                    session.aliases().ofModel(name)));
        }
        return models;
    }

    ModelDetail model(String name) throws SQLException {
        List<VersionDetail> versions = new ArrayList<>();
        for (VersionRow row : versions(name)) {
            versions.add(new VersionDetail(row.version(), row.created(), variants(name, row.version())));
        }
        return new ModelDetail(
                name,
                versions,
                session.aliases().ofModel(name),
                session.aliases().moves(name, MOVES_SHOWN),
                gate(name));
    }

    List<VariantDetail> variants(String model, int version) throws SQLException {
        requireVersion(model, version);
        List<VariantDetail> details = new ArrayList<>();
        for (VariantRow row : session.variants().ofVersion(model, version)) {
            details.add(detail(row));
        }
        return details;
    }

    VariantDetail variant(VariantRef ref) throws SQLException {
        return detail(row(ref));
    }

    /** What the reference means now; {@code auto} stays so. */
    VariantRef resolve(Reference reference) throws SQLException {
        VariantRef target = switch (reference) {
            case Reference.Newest newest ->
                VariantRef.base(
                        newest.model(), versions(newest.model()).getLast().version());
            case Reference.Alias alias -> alias(alias.model(), alias.alias()).target();
            case Reference.AtVersion at -> VariantRef.base(at.model(), at.version());
            case Reference.Exact exact -> exact.ref();
        };
        if (target.isAuto()) {
            requireVersion(target.model(), target.version());
        } else {
            row(target);
        }
        return target;
    }

    AliasTarget alias(String model, String alias) throws SQLException {
        versions(model);
        Optional<AliasTarget> found = session.aliases().find(model, alias);
        if (found.isEmpty()) {
            throw missing(
                    "model '%s' has no alias '%s'".formatted(model, alias),
                    session.aliases().ofModel(model).stream()
                            .map(AliasTarget::name)
                            .toList());
        }
        return found.get();
    }

    /** The variant's row; MODEL_NOT_FOUND, naming the ones that exist, when there is none. */
    VariantRow row(VariantRef ref) throws SQLException {
        requireVersion(ref.model(), ref.version());
        Optional<VariantRow> found = session.variants().find(ref);
        if (found.isEmpty()) {
            throw missing(
                    "version %d of model '%s' has no variant '%s'".formatted(ref.version(), ref.model(), ref.variant()),
                    session.variants().ofVersion(ref.model(), ref.version()).stream()
                            .map(row -> row.ref().variant())
                            .toList());
        }
        return found.get();
    }

    void requireVersion(String model, int version) throws SQLException {
        List<VersionRow> versions = versions(model);
        if (versions.stream().noneMatch(row -> row.version() == version)) {
            throw missing(
                    "model '%s' has no version %d".formatted(model, version),
                    versions.stream()
                            .map(row -> Integer.toString(row.version()))
                            .toList());
        }
    }

    /** At least one; MODEL_NOT_FOUND, naming the models that exist, when there is none. */
    List<VersionRow> versions(String model) throws SQLException {
        List<VersionRow> versions = session.models().versions(Names.require("model", model));
        if (versions.isEmpty()) {
            throw missing(
                    "the registry has no model '" + model + "'",
                    session.models().names());
        }
        return versions;
    }

    Optional<Gate> gate(String model) throws SQLException {
        return session.models().gate(model).map(Gate::parse);
    }

    /** Of the model's gate; empty without a gate. */
    Optional<GateVerdict> verdict(VariantRef ref) throws SQLException {
        Optional<Gate> gate = gate(ref.model());
        if (gate.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(gate.get().judge(newest(ref), newest(ref.sibling(Names.BASE)), ref.isBase()));
    }

    private Optional<Measurement> newest(VariantRef ref) throws SQLException {
        return session.measurements().of(ref).stream().findFirst();
    }

    private VariantDetail detail(VariantRow row) throws SQLException {
        return new VariantDetail(
                new VariantDetail.Stored(row.ref(), row.manifest(), row.config(), row.bytes(), row.created()),
                session.measurements().of(row.ref()),
                verdict(row.ref()),
                session.signatures().digests(row.ref()));
    }

    private static ForetokenException missing(String what, List<String> there) {
        String names = switch (there.size()) {
            case 0 -> "there is none";
            case 1 -> "there is only " + there.getFirst();
            default -> "there are " + String.join(", ", there);
        };
        return new ForetokenException(ErrorCode.MODEL_NOT_FOUND, what + "; " + names);
    }
}
