using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CredBroker.Server.Attestation;

/// <summary>The few Linux calls that .NET has no door to.</summary>
internal static class NativeMethods
{
    /// <summary>What <c>poll</c> reports of a pidfd whose process has ended.</summary>
    public const short PollIn = 1;

    private const int EmptyPath = 0x1000;           // AT_EMPTY_PATH: the handle itself
    private const int NoFollow = 0x100;             // AT_SYMLINK_NOFOLLOW
    private const int CurrentFolder = -100;         // AT_FDCWD
    private const uint BasicStats = 0x7ff;          // STATX_BASIC_STATS

    /// <summary>True when the process of the pidfd has ended, reaped or not; also when the kernel will not say.</summary>
    public static bool HasEnded(SafeFileHandle pidfd)
    {
        var held = false;
        try
        {
            pidfd.DangerousAddRef(ref held); // its number must not be closed, and given to another file, meanwhile
            var ask = new PollFd { Handle = (int)pidfd.DangerousGetHandle(), Events = PollIn };
            return poll(ref ask, 1, 0) != 0;
        }
        finally
        {
            if (held)
                pidfd.DangerousRelease();
        }
    }

    /// <summary>The status of an open file, or null when the kernel will not say.</summary>
    public static FileStatus? StatusOf(SafeFileHandle file) =>
        statx(file, "", EmptyPath, BasicStats, out var status) != 0 ? null : status;

    /// <summary>The status of what a path names, or null when there is nothing.</summary>
    public static FileStatus? StatusOf(string path, bool followLink) =>
        statx(CurrentFolder, path, followLink ? 0 : NoFollow, BasicStats, out var status) != 0 ? null : status;

    /// <summary>The user that this process acts as.</summary>
    public static uint EffectiveUser() => geteuid();

    [DllImport("libc", EntryPoint = "geteuid"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint geteuid();

    [DllImport("libc", EntryPoint = "poll"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int poll(ref PollFd handles, nuint count, int milliseconds);

    [DllImport("libc", EntryPoint = "statx"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, out FileStatus status);

    [DllImport("libc", EntryPoint = "statx"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int statx(
        SafeFileHandle file, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, out FileStatus status);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollFd
    {
        public int Handle;
        public short Events;
        public short Returned;
    }
}

/// <summary>The fields of the kernel's <c>struct statx</c> (statx(2)) that name a file and its state.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal readonly struct FileStatus
{
    [FieldOffset(20)] private readonly uint owner;
    [FieldOffset(28)] private readonly ushort mode;
    [FieldOffset(32)] private readonly ulong inode;
    [FieldOffset(40)] private readonly ulong size;
    [FieldOffset(96)] private readonly long changed;
    [FieldOffset(104)] private readonly uint changedNanoseconds;
    [FieldOffset(112)] private readonly long modified;
    [FieldOffset(120)] private readonly uint modifiedNanoseconds;
    [FieldOffset(136)] private readonly uint deviceMajor;
    [FieldOffset(140)] private readonly uint deviceMinor;

    /// <summary>The user who owns it.</summary>
    public uint Owner => owner;

    /// <summary>The permission bits.</summary>
    public UnixFileMode Mode => (UnixFileMode)(mode & 0xfff);

    /// <summary>True for a Unix socket (S_IFSOCK).</summary>
    public bool IsSocket => (mode & 0xf000) == 0xc000;

    /// <summary>True for a regular file (S_IFREG).</summary>
    public bool IsRegular => (mode & 0xf000) == 0x8000;

    /// <summary>Which file it is, and in which state: equal keys mean equal content.</summary>
    public FileKey Key =>
        new(deviceMajor, deviceMinor, inode, size, new(modified, modifiedNanoseconds), new(changed, changedNanoseconds));
}

/// <summary>A moment as the kernel writes it.</summary>
internal readonly record struct FileTime(long Seconds, uint Nanoseconds);

/// <summary>One state of one file.</summary>
/// <param name="DeviceMajor">With the minor number: the file system.</param>
/// <param name="DeviceMinor">See the major number.</param>
/// <param name="Inode">The file in it.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Modified">Of the content.</param>
/// <param name="Changed">Of content or status: cannot be set back by a user.</param>
internal readonly record struct FileKey(uint DeviceMajor, uint DeviceMinor, ulong Inode, ulong Size, FileTime Modified, FileTime Changed)
{
    /// <summary>True when both are the same file, in whatever state.</summary>
    public bool IsSameFile(FileKey other) => (DeviceMajor, DeviceMinor, Inode) == (other.DeviceMajor, other.DeviceMinor, other.Inode);
}
