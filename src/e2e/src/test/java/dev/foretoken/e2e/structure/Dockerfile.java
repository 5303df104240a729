package dev.foretoken.e2e.structure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The instructions of a Dockerfile.
 *
 * @param arguments before the first stage, with their defaults
 */
record Dockerfile(Map<String, String> arguments, List<Stage> stages) {

    /** @param base an image, or the name of an earlier stage */
    record Stage(String base, String name, List<Instruction> instructions) {

        List<String> all(String keyword) {
            return instructions.stream()
                    .filter(instruction -> instruction.keyword().equals(keyword))
                    .map(Instruction::rest)
                    .toList();
        }

        /** The stages that it copies files from. */
        List<String> copiedFrom() {
            return all("COPY").stream()
                    .filter(copy -> copy.startsWith("--from="))
                    .map(copy -> copy.substring("--from=".length(), copy.indexOf(' ')))
                    .distinct()
                    .toList();
        }
    }

    record Instruction(String keyword, String rest) {}

    static Dockerfile parse(List<String> lines) {
        Map<String, String> arguments = new LinkedHashMap<>();
        List<Stage> stages = new ArrayList<>();
        for (Instruction instruction : instructions(lines)) {
            String[] words = instruction.rest().split("\\s+");
            if (instruction.keyword().equals("FROM")) {
                stages.add(new Stage(words[0], words[2], new ArrayList<>()));
            } else if (stages.isEmpty()) {
                arguments.put(words[0].split("=", 2)[0], words[0].split("=", 2)[1]);
            } else {
                stages.getLast().instructions().add(instruction);
            }
        }
        return new Dockerfile(arguments, stages);
    }

    private static List<Instruction> instructions(List<String> lines) {
        String text = String.join(
                "\n", lines.stream().filter(line -> !line.startsWith("#")).toList());
        return Stream.of(text.replace("\\\n", " ").split("\n"))
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .map(line -> new Instruction(
                        line.substring(0, line.indexOf(' ')),
                        line.substring(line.indexOf(' ')).strip()))
                .toList();
    }

    Stage stage(String name) {
        return stages.stream()
                .filter(stage -> stage.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no stage " + name + ": there are "
                        + stages.stream().map(Stage::name).toList()));
    }
}
