package org.slotwarden.agent.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Bytes in a directory without a walk, where the file system itself tells: the directory is the root of a
 * local file system of its own, or has a project quota (XFS, ext4 and Lustre then tell the quota's use,
 * statfs(2)). A mounted part of a larger one (an automounted home, a bind mount, a subvolume) tells of the
 * whole, so it does not count.
 */
final class FileSystemUse {

    private static final Set<String> LOCAL = Set.of("ext2", "ext3", "ext4", "xfs", "f2fs", "tmpfs", "ramfs");

    private FileSystemUse() {}

    static OptionalLong of(Path directory, Path mountInfo) {
        try {
            Path real = directory.toRealPath();
            Path parent = real.getParent();
            if (parent == null) {
                return OptionalLong.empty();
            }
            boolean mounted = !Objects.equals(device(real), device(parent));
            long total = real.toFile().getTotalSpace();
            boolean own = mounted
                    ? isWholeFileSystem(real, mountInfo)
                    : total != parent.toFile().getTotalSpace();
            return own && total > 0 ? OptionalLong.of(total - real.toFile().getFreeSpace()) : OptionalLong.empty();
        } catch (IOException | UnsupportedOperationException e) {
            return OptionalLong.empty();
        }
    }

    private static Object device(Path path) throws IOException {
        return Files.getAttribute(path, "unix:dev");
    }

    /** See proc_pid_mountinfo(5): ID PARENT MAJ:MIN ROOT POINT OPTIONS ... - TYPE SOURCE OPTIONS. */
    private static boolean isWholeFileSystem(Path point, Path mountInfo) throws IOException {
        boolean whole = false;
        for (String line : Files.readAllLines(mountInfo, StandardCharsets.ISO_8859_1)) {
            String[] halves = line.split(" - ", 2);
            String[] field = halves[0].split(" ");
            if (halves.length == 2 && field.length > 4 && field[4].equals(escaped(point))) {
                // The last one lies on top.
                whole = field[3].equals("/") && LOCAL.contains(halves[1].split(" ", 2)[0]);
            }
        }
        return whole;
    }

    private static String escaped(Path point) {
        byte[] bytes = point.toString().getBytes(StandardCharsets.UTF_8);
        String latin = new String(bytes, StandardCharsets.ISO_8859_1);
        return latin.replace("\\", "\\134")
                .replace(" ", "\\040")
                .replace("\t", "\\011")
                .replace("\n", "\\012");
    }
}
