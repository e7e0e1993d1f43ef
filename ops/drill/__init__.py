"""The restore of a backup, rehearsed: tables that do not fit together, beside the real ones, and repaired."""
