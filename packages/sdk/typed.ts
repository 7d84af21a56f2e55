import type { Answer } from './answers.ts';
import { type Call, callOf, type OperationInput, type OperationRow } from './calls.ts';
import { type CommonCode, operations, type Operations, type Problem } from './operations.ts';

export type OperationName = keyof Operations;
export type InputOf<Name extends OperationName> = Operations[Name]['input'];
export type AnswerOf<Name extends OperationName> = Answer<
  Operations[Name]['answer'],
  Operations[Name]['code'] | CommonCode,
  Problem
>;
type ListName = {
  [Name in OperationName]: (typeof operations)[Name] extends { isList: true } ? Name : never;
}[OperationName];
export type ItemOf<Name extends ListName> = Operations[Name]['answer'] extends { items: (infer Item)[] } ? Item : never;

/** Nothing need be given where nothing has to be said. */
type Given<Input> = Record<never, never> extends Input ? [input?: Input] : [input: Input];

export type Calls = { [Name in OperationName]: (...given: Given<InputOf<Name>>) => Promise<AnswerOf<Name>> };
/** The items of all pages, the next page asked for when it is come to. A refusal is thrown, as `PageRefused`. */
export type Lists = { [Name in ListName]: (...given: Given<InputOf<Name>>) => AsyncGenerator<ItemOf<Name>> };

const rows: [string, OperationRow][] = Object.entries(operations);

// The types are the contract's word for what the platform says: the answers are proved to be its own, and not looked into.

export function bindCalls(call: (asked: Call) => Promise<Answer>): Calls {
  const bound: unknown[][] = rows.map(([name, row]) => [name, (input?: OperationInput) => call(callOf(row, input))]);
  return Object.fromEntries(bound);
}

export function bindLists(pages: (path: string, query?: Call['query']) => AsyncGenerator<unknown>): Lists {
  const bound: unknown[][] = rows
    .filter(([, { isList }]) => isList === true)
    .map(([name, row]) => [
      name,
      (input?: OperationInput) => {
        const { path, query } = callOf(row, input);
        return pages(path, query);
      },
    ]);
  return Object.fromEntries(bound);
}
