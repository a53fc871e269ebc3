// What scripts of workflows can call.

/** The value of the variable of this name that is nearest. */
declare function getVariable(name: string): any;
/** Sets the variable of this name; the value is kept with the instance. */
declare function setVariable(name: string, value: any): void;
/** An input of the workflow. */
declare function getInput(name: string): any;
/** What an activity that has run put out; without a name, its result. */
declare function getOutputFrom(activity: string, output?: string): any;
/** The result of the activity that ran last. */
declare function getLastResult(): any;

declare function getWorkflowDefinitionId(): string;
declare function getWorkflowDefinitionVersionId(): string;
declare function getWorkflowDefinitionVersion(): number;
declare function getWorkflowInstanceId(): string;
declare function getWorkflowInstanceName(): string | null;
declare function setWorkflowInstanceName(name: string): void;
/** The id by which events find this instance. */
declare function getCorrelationId(): string | null;
declare function setCorrelationId(id: string): void;

declare function isNullOrEmpty(value: string | null | undefined): boolean;
declare function isNullOrWhiteSpace(value: string | null | undefined): boolean;
declare function toJson(value: any): string;

/** A globally unique id, kept as such. */
interface Guid { toString(): string; }
declare function newGuid(): Guid;
declare function getGuid(): Guid;
declare function newGuidString(): string;
declare function getGuidString(): string;
/** A globally unique id in 22 letters. */
declare function newShortGuid(): string;
declare function getShortGuid(): string;
declare function parseGuid(text: string): Guid;

/** Bytes of the host. */
interface Bytes { readonly length: number; }
declare function bytesToString(bytes: Bytes): string;
declare function bytesFromString(text: string): Bytes;
declare function bytesToBase64(bytes: Bytes): string;
declare function bytesFromBase64(text: string): Bytes;
declare function stringToBase64(text: string): string;
declare function stringFromBase64(text: string): string;
