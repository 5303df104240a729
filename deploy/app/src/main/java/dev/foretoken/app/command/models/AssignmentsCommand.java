package dev.foretoken.app.command.models;

import dev.foretoken.app.terminal.ProductVersion;
import dev.foretoken.app.terminal.Table;
import dev.foretoken.gateway.registry.AssignmentJson;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.metadata.Assignment;
import dev.foretoken.registry.name.Reference;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists what groups of runtime pods serve. */
@Command(
        name = "assignments",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description = "Lists what groups of runtime pods serve.",
        sortOptions = false)
final class AssignmentsCommand implements Callable<Integer> {

    @Mixin
    private RegistryMixin access = new RegistryMixin();

    @Override
    public Integer call() {
        try (Registry registry = access.open()) {
            long revision = registry.revision();
            List<Assignment> assignments = registry.assignments();
            Table table = new Table("GROUP", "SERVES");
            assignments.forEach(assignment -> table.row(
                    assignment.group(),
                    assignment.references().stream().map(Reference::toString).collect(Collectors.joining(", "))));
            access.print(() -> AssignmentJson.list(revision, assignments), table::print);
        }
        return 0;
    }
}
