//! The lines of the form that are the same for both brokers, bound to react-hook-form.

import type { ReactNode } from "react";
import type { FieldErrors, UseFormRegister, UseFormSetValue } from "react-hook-form";

import { Field } from "@/components/Field/Field";
import { Segmented, type SegmentedOption } from "@/components/Segmented/Segmented";
import { TextInput } from "@/components/TextInput/TextInput";
import { printable } from "@/format";
import { useText } from "@/i18n";

import { readProblem } from "./problem";
import { Row } from "./Row";
import type { Values } from "./values";

export interface FormParts {
  readonly values: Values;
  readonly errors: FieldErrors<Values>;
  readonly register: UseFormRegister<Values>;
  readonly setValue: UseFormSetValue<Values>;
}

/** What is wrong with a field, in words. */
export function useProblem(
  errors: FieldErrors<Values>,
): (field: keyof Values) => string | undefined {
  const { t } = useText();
  return (field) => {
    const message = errors[field]?.message;
    if (message === undefined || message === "") return undefined;
    const { id, entry } = readProblem(message);
    return t(id, { entry: printable(entry) });
  };
}

type TextName = Extract<
  keyof Values,
  "name" | "user" | "bootstrapServers" | "host" | "port" | "vhost" | "managementUrl"
>;

export interface TextLineProps {
  form: FormParts;
  name: TextName;
  label: string;
  mono?: boolean;
  chars?: number;
  placeholder?: string;
  help?: ReactNode;
}

export function TextLine({ form, name, label, help, ...rest }: TextLineProps): ReactNode {
  const problem = useProblem(form.errors);
  return (
    <Field layout="row" label={label} help={help} error={problem(name)}>
      <TextInput {...form.register(name)} {...rest} />
    </Field>
  );
}

export interface ChoiceLineProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly SegmentedOption<Value>[];
  onChange: (value: Value) => void;
  hint?: ReactNode;
  tone?: "plain" | "bad" | "warn";
  error?: string | undefined;
  disabled?: boolean;
}

export function ChoiceLine<Value extends string>(props: ChoiceLineProps<Value>): ReactNode {
  return (
    <Row
      label={props.label}
      error={props.error}
      {...(props.hint === undefined ? {} : { hint: props.hint })}
      {...(props.tone === undefined ? {} : { tone: props.tone })}
    >
      <Segmented
        label={props.label}
        value={props.value}
        options={props.options}
        onChange={props.onChange}
        disabled={props.disabled ?? false}
      />
    </Row>
  );
}
