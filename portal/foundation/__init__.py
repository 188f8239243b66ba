"""What every floor stands on and what knows no training: database, clock, errors, history, outbox, secrets, Georgian text."""
