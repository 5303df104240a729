package dev.foretoken.registry.metadata;

import dev.foretoken.database.Sql;
import dev.foretoken.registry.name.Reference;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What groups of runtime pods serve. References are kept as written: whoever serves them finds out where they lead. */
public final class AssignmentTable {

    private final Sql sql;

    AssignmentTable(Sql sql) {
        this.sql = sql;
    }

    /** By group, each with at least one reference, in the order in which they were given. */
    public List<Assignment> all() throws SQLException {
        Map<String, List<Reference>> groups = new LinkedHashMap<>();
        sql.list(
                        "SELECT pod_group, reference FROM assignments ORDER BY pod_group, position",
                        row -> Map.entry(row.getString(1), Reference.parse(row.getString(2))))
                .forEach(row -> groups.computeIfAbsent(row.getKey(), group -> new ArrayList<>())
                        .add(row.getValue()));
        return groups.entrySet().stream()
                .map(group -> new Assignment(group.getKey(), group.getValue()))
                .toList();
    }

    /** No reference where the group has none. */
    public Assignment of(String group) throws SQLException {
        return new Assignment(
                group,
                sql.list(
                        "SELECT reference FROM assignments WHERE pod_group = ? ORDER BY position",
                        row -> Reference.parse(row.getString(1)),
                        group));
    }

    /** In place of what the group had. */
    public void put(Assignment assignment) throws SQLException {
        sql.update("DELETE FROM assignments WHERE pod_group = ?", assignment.group());
        int position = 0;
        for (Reference reference : assignment.references()) {
            sql.update(
                    "INSERT INTO assignments (pod_group, position, reference) VALUES (?, ?, ?)",
                    assignment.group(),
                    position++,
                    reference.toString());
        }
    }
}
