# The `segue` command and what its subcommands share.
segue_unit_test(unit/segmenter/cli/test_command.c segue_cli_common)
segue_unit_test(unit/segmenter/cli/test_command_line.c segue_cli_common)
segue_unit_test(unit/segmenter/cli/test_quantity.c segue_cli_json)
segue_unit_test(unit/segmenter/cli/test_signing.c segue_cli_signing segue_auth)
segue_unit_test(unit/segmenter/cli/test_store_commands.c
    segue_cli_store store_fixtures PkgConfig::JANSSON)
segue_unit_test(unit/segmenter/cli/test_title_summary.c segue_cli_json store_fixtures)
