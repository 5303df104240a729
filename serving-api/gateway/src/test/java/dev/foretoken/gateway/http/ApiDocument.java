package dev.foretoken.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** What an OpenAPI document says. */
record ApiDocument(JsonNode root) {

    /** {@code method}: in capitals. */
    record Operation(String path, String method, JsonNode node) {}

    List<Operation> operations() {
        List<Operation> all = new ArrayList<>();
        root.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .properties()
                        .forEach(method -> all.add(new Operation(
                                path.getKey(), method.getKey().toUpperCase(Locale.ROOT), method.getValue()))));
        return all;
    }

    /** Methods by path, as {@link RoutingTable#templates} has them. */
    Map<String, TreeSet<String>> methods() {
        Map<String, TreeSet<String>> methods = new TreeMap<>();
        operations()
                .forEach(operation -> methods.computeIfAbsent(operation.path(), p -> new TreeSet<>())
                        .add(operation.method()));
        return methods;
    }

    /** What is wrong with each example, in their order: an empty list where nothing is. */
    List<List<String>> problemsOfExamples() {
        SchemaCheck check = new SchemaCheck(root);
        return root.findValues("application/json").stream()
                .filter(content -> content.has("example"))
                .map(content -> check.problems(content.path("schema"), content.path("example")).stream()
                        .map(problem -> problem + " in " + content)
                        .toList())
                .toList();
    }
}
