package dev.foretoken.helm;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.comments.CommentLine;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** Reads {@code values.yaml} with the comments that document it. */
final class ValuesFile {

    private static final String RULES = "@schema ";

    private ValuesFile() {}

    /** @throws IllegalArgumentException for a value that no comment documents */
    static List<ChartValue> read(Path file) throws IOException {
        LoaderOptions options = new LoaderOptions();
        options.setProcessComments(true);
        try (Reader reader = Files.newBufferedReader(file)) {
            Node top = new Yaml(options).compose(reader);
            return children("", (MappingNode) top);
        }
    }

    private static List<ChartValue> children(String parent, MappingNode mapping) {
        List<ChartValue> values = new ArrayList<>();
        for (NodeTuple tuple : mapping.getValue()) {
            String name = ((ScalarNode) tuple.getKeyNode()).getValue();
            values.add(value(parent.isEmpty() ? name : parent + "." + name, tuple));
        }
        return values;
    }

    private static ChartValue value(String path, NodeTuple tuple) {
        ValueComment comment =
                ValueComment.parse(lines(tuple.getKeyNode().getBlockComments()).toList());
        SchemaRules rules = rules(tuple).map(SchemaRules::parse).orElse(SchemaRules.NONE);
        boolean group = tuple.getValueNode() instanceof MappingNode mapping
                && !mapping.getValue().isEmpty()
                && rules.get("keys").isEmpty();
        if (!group && comment.text().isEmpty()) {
            throw new IllegalArgumentException(path + " of values.yaml needs a comment that begins with '# -- '");
        }
        return new ChartValue(
                path,
                comment.text(),
                plain(tuple.getValueNode()),
                rules,
                group ? children(path, (MappingNode) tuple.getValueNode()) : List.of(),
                comment.items().stream().map(item -> field(path, item)).toList());
    }

    private static ChartValue field(String list, ValueComment.Item item) {
        return new ChartValue(list + "[]." + item.name(), item.text(), null, item.rules(), List.of(), List.of());
    }

    /** Behind the value, or behind the key of one that begins in the next line. */
    private static Optional<String> rules(NodeTuple tuple) {
        return Stream.of(tuple.getKeyNode(), tuple.getValueNode())
                .flatMap(node -> lines(node.getInLineComments()))
                .map(String::strip)
                .filter(line -> line.startsWith(RULES))
                .map(line -> line.substring(RULES.length()))
                .findFirst();
    }

    private static Stream<String> lines(@Nullable List<CommentLine> comments) {
        return comments == null ? Stream.empty() : comments.stream().map(CommentLine::getValue);
    }

    private static @Nullable Object plain(Node node) {
        return new PlainValue().of(node);
    }

    /** Maps, lists, texts, numbers and booleans, and no class that a file names. */
    private static final class PlainValue extends SafeConstructor {

        PlainValue() {
            super(new LoaderOptions());
        }

        @Nullable
        Object of(Node node) {
            return constructDocument(node);
        }
    }
}
