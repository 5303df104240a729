package dev.foretoken.helm;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The comment above a value: {@code -- text}, text goes on in the next lines; {@code @item NAME -- text} begins a field of a list's entries, which
 * a line {@code @schema RULES} may follow.
 *
 * @param text of the value itself; empty without {@code --}
 */
record ValueComment(String text, List<Item> items) {

    /** A field of each entry. */
    record Item(String name, String text, SchemaRules rules) {}

    private static final Pattern ITEM = Pattern.compile("@item (\\S+) -- (.*)");
    private static final String RULES = "@schema ";
    private static final String TEXT = "-- ";

    static ValueComment parse(List<String> lines) {
        StringBuilder own = new StringBuilder();
        List<Item> items = new ArrayList<>();
        boolean begun = false;
        for (String line : lines.stream().map(String::strip).toList()) {
            Matcher item = ITEM.matcher(line);
            if (item.matches()) {
                items.add(new Item(item.group(1), item.group(2), SchemaRules.NONE));
            } else if (line.startsWith(RULES) && !items.isEmpty()) {
                Item last = items.removeLast();
                items.add(new Item(last.name(), last.text(), SchemaRules.parse(line.substring(RULES.length()))));
            } else if (!items.isEmpty()) {
                Item last = items.removeLast();
                items.add(new Item(last.name(), (last.text() + " " + line).strip(), last.rules()));
            } else if (line.startsWith(TEXT)) {
                own.setLength(0); // what stands before belongs to the file
                own.append(line.substring(TEXT.length()));
                begun = true;
            } else if (begun) {
                own.append(' ').append(line);
            }
        }
        return new ValueComment(own.toString().strip(), items);
    }
}
