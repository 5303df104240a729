package dev.foretoken.database;

import java.util.List;

/**
 * Whose tables these are, and how they came to be.
 *
 * @param owner a class that the migrations lie beside
 * @param history the table in which Flyway notes what was done; owners who may meet in one database name it differently
 * @param migrations names of all files, oldest first; the first is {@code V1__...}
 */
public record Tables(Class<?> owner, String history, List<String> migrations) {

    public Tables {
        migrations = List.copyOf(migrations);
        for (int i = 0; i < migrations.size(); i++) {
            if (!migrations.get(i).startsWith("V" + (i + 1) + "__")) {
                throw new IllegalArgumentException("migration " + (i + 1) + " is named " + migrations.get(i));
            }
        }
    }

    int newest() {
        return migrations.size();
    }
}
