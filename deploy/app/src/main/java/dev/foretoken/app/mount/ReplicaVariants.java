package dev.foretoken.app.mount;

import dev.foretoken.app.config.RegistryMount;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.ModelDetail;
import dev.foretoken.registry.metadata.Assignment;
import dev.foretoken.registry.name.VariantRef;
import dev.foretoken.registry.replica.RegistryReplica;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A registry that is reached over HTTP: what it holds, and what it assigns. For the thread that follows it, except {@link #check} and
 * {@link #folder}, which loads call.
 */
public final class ReplicaVariants implements VariantCatalogue {

    private final RegistryReplica replica;
    private final List<RegistryMount> fixed;
    private final Predicate<String> follows;
    private final boolean computes;
    private List<Assignment> assigned = List.of();

    /**
     * @param fixed what is served whatever is assigned
     * @param follows the groups whose assignments are served
     * @param computes whether weights are needed; else texts alone are copied
     */
    public ReplicaVariants(
            RegistryReplica replica, List<RegistryMount> fixed, Predicate<String> follows, boolean computes) {
        this.replica = replica;
        this.fixed = List.copyOf(fixed);
        this.follows = follows;
        this.computes = computes;
    }

    /** Reads the assignments too. */
    @Override
    public long revision() {
        RegistryReplica.Assigned now = replica.assigned();
        assigned = now.groups();
        return now.revision();
    }

    /** What is to be served, as it was when the revision was asked for last. */
    public List<RegistryMount> mounts() {
        Set<RegistryMount> mounts = new LinkedHashSet<>(fixed);
        assigned.stream()
                .filter(assignment -> follows.test(assignment.group()))
                .flatMap(assignment -> assignment.references().stream())
                .map(RegistryMount::new)
                .forEach(mounts::add);
        return new ArrayList<>(mounts);
    }

    @Override
    public ModelDetail model(String name) {
        return replica.model(name);
    }

    @Override
    public Path folder(VariantRef variant) {
        return computes ? replica.folder(variant) : replica.folder(variant, VariantText::isText);
    }

    @Override
    public void check(VariantRef variant, LoadProgress progress) {
        replica.check(variant, progress);
    }

    @Override
    public void drop(VariantRef variant) {
        replica.drop(variant);
    }
}
